import { writeSync } from 'node:fs';
import { PartitionLedger } from '../../engine/accounts/partition-ledger.js';
import { orderValuesFor } from '../../engine/order/order-values.js';
import type { OrderedEvent } from '../../engine/path/ordered-events.js';
import type { PartitionCursor } from '../../engine/path/partition-cursor.js';
import { Path } from '../../engine/path/path.js';
import type { ReplaySpec, SpecPartition } from '../../engine/spec/replay-spec.js';
import type { LedgerState } from '../../engine/accounts/partition-ledger.js';
import type { Job } from '../../engine/threads/job-thread.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describePartition, type PartitionId } from '../../model/log/partition-id.js';
import type { PartitionOrderState } from '../../model/position/position.js';
import type { EventPage } from '../../model/log/event-page.js';
import type { PartitionAccount } from '../../model/accounts/accounts.js';
import type { OrderCounts } from '../../model/order/order-spec.js';
import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import { orderValueReader } from '../../evidence/reference-replay/order-value.js';
import { partitionsOfSpec } from '../../evidence/reference-replay/partitions-of-spec.js';
import { accountOf } from '../../evidence/reference-replay/plain-accounts.js';
import { walkPartition } from '../../evidence/reference-replay/walk-partition.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import { KeyScan } from '../../worker/key-scan.js';
import { KeyAssignment } from './assign-keys.js';
import { jsonText } from './json-text.js';
import { sortKey } from './sort-key.js';

/** What a reader is asked for. */
export interface ReadRequest {
  readonly spec: ReplaySpec;
  /** Which of the partitions of the plan it reads. */
  readonly places: readonly number[];
  readonly tasks: number;
  readonly connected: readonly (readonly string[])[];
  /** Where the lines go: an open file. */
  readonly output: number;
  /** Read by the plain implementation, to be verified. */
  readonly again: boolean;
}

/** The books of a partition that was read whole: what its events come to is in the books of the tasks. */
export interface ReadPartition extends PartitionId, LedgerState {
  readonly order: PartitionOrderState;
  /** By task, how many events it was given. */
  readonly given: readonly number[];
}

/** The same of a partition that was read again by the plain implementation. */
export interface RereadPartition {
  /** With the events in no column: they are in the books of the tasks. */
  readonly account: PartitionAccount;
  readonly order: OrderCounts;
  readonly given: readonly number[];
}

/** By which implementation partitions were read. */
export interface ReadPartitions {
  readonly read: readonly ReadPartition[];
  readonly again: readonly RereadPartition[];
}

type Note = Omit<OrderedEvent, 'v' | 'b'> & { readonly text: string };

const bufferedBytes = 1 << 18;

/**
 * Reads partitions and writes each event as a line: the task that has its keys, a key to sort by, the event. The order
 * values are found here, where a partition is read whole, since its watermarks belong to it.
 */
const readEventsJob: Job<ReadRequest, object, ReadPartitions> = async (request, inputs, _, control) => {
  const assignment = new KeyAssignment(request.tasks, request.connected);
  const lines = new LineWriter(request.output);
  const read: ReadPartition[] = [];
  const again: RereadPartition[] = [];
  for (const place of request.places) {
    const partition = request.spec.partitions[place];
    if (partition === undefined) throw new Error(`the plan has no partition ${place}`);
    const given = new Array<number>(request.tasks).fill(0);
    const scan = new KeyScan<Note>(inputs.instance, (scanned) => {
      const { text, ...event } = scanned.note;
      const name = `${describePartition(partition.id)}@${event.o}`;
      if ('error' in scanned) {
        throw new RecoveryError('not-spreadable', `${name} cannot say which keys it names: ${scanned.error.message}`, {
          hint: 'carry the plan out on one machine: eventmend recover --plan FILE',
          cause: scanned.error,
        });
      }
      const task = assignment.taskOfAll(scanned.keys, name);
      given[task] = (given[task] ?? 0) + 1;
      lines.write(`${task}\t${sortKey(event)}\t${text}\n`);
    });
    control.beginLane(0);
    if (request.again) {
      again.push({ ...(await rereadPartition(request.spec, place, inputs, scan, control)), given });
      continue;
    }
    const cursorPath = new Path(
      [
        {
          id: partition.id,
          next: partition.next,
          order: partition.order,
          ranges: partition.ranges.map((range) => ({
            ...range,
            log: range.log === null ? null : (inputs.logs[range.log] ?? null),
          })),
          onHole: (hole) => ledger.addHole(hole),
        },
      ],
      orderValuesFor(request.spec.order, inputs.recorded),
    );
    const ledger = new PartitionLedger(partition.id, PartitionLedger.startingAt(partition.next), partition.holes);
    try {
      await readPartition(partition, place, cursorPath, ledger, inputs.instance, scan, control);
      refuseGaps(ledger.passOverTo(partition.target));
      const [cursor] = cursorPath.cursors;
      const order = { watermark: cursor?.watermark ?? -Infinity, clock: cursor?.lastClock ?? -Infinity };
      read.push({ ...partition.id, ...ledger.state(), order, given });
    } finally {
      cursorPath.close();
    }
  }
  lines.flush();
  return { read, again };
};

/** A partition by the plain implementation, whose order and accounts share no line with the engine's. */
async function rereadPartition(
  spec: ReplaySpec,
  place: number,
  { logs, instance }: ReplayInputs,
  scan: KeyScan<Note>,
  control: Parameters<typeof readEventsJob>[3],
): Promise<Pick<RereadPartition, 'account' | 'order'>> {
  const [plain] = partitionsOfSpec({ ...spec, partitions: spec.partitions.slice(place, place + 1) }, logs);
  if (plain === undefined) throw new Error(`the plan has no partition ${place}`);
  const walk = await walkPartition(plain, spec.order, orderValueReader(spec.order, undefined), Infinity);
  try {
    for (let handled = 1; walk.current !== null; handled++) {
      const { page, index, offset, effective } = walk.current;
      if (control.enter(0, offset))
        throw new RecoveryError('interrupted', 'stopped while reading', { hint: 'read again' });
      if (handled % 10_000 === 0) control.progress(10_000, 0);
      const note = noteOf(page, index, { place, offset, time: effective, flag: 0, segment: 0 }, instance);
      const asking = scan.ask(note, page, index, plain.id, effective);
      if (asking !== undefined) await asking;
      const reading = walk.advance();
      if (reading !== undefined) {
        control.idle();
        await reading;
      }
    }
    await scan.flush();
    control.idle();
    return { account: accountOf(walk, undefined), order: walk.order() };
  } finally {
    walk.close();
  }
}

async function readPartition(
  partition: SpecPartition,
  place: number,
  path: Path,
  ledger: PartitionLedger,
  instance: OpenWorker,
  scan: KeyScan<Note>,
  control: Parameters<typeof readEventsJob>[3],
): Promise<void> {
  let handled = 0;
  for (;;) {
    if (path.mustLoad) {
      control.idle();
      control.progress(handled, 0);
      handled = 0;
      await path.load();
    }
    const cursor = path.head;
    if (cursor === null || (cursor.offsets[cursor.index] as number) >= partition.target) break;
    const offset = cursor.offsets[cursor.index] as number;
    if (control.enter(0, offset))
      throw new RecoveryError('interrupted', 'stopped while reading', { hint: 'read again' });
    handled++;
    if (offset < ledger.next) {
      ledger.repeated++;
    } else {
      refuseGaps(ledger.passOverTo(offset));
      const note = lineOf(cursor, place, offset, instance);
      const asking = scan.ask(note, cursor.page as never, cursor.index, partition.id, note.t ?? -Infinity);
      if (asking !== undefined) await asking;
      ledger.next++;
    }
    path.step();
  }
  await scan.flush();
  control.idle();
}

function lineOf(cursor: PartitionCursor, place: number, offset: number, worker: OpenWorker): Note {
  const { index, segment } = cursor;
  const at = { place, offset, time: cursor.order[index] as number, flag: cursor.flags[index] as number, segment };
  return noteOf(cursor.page as EventPage, index, at, worker);
}

interface PlaceInOrder {
  readonly place: number;
  readonly offset: number;
  readonly time: number;
  readonly flag: number;
  readonly segment: number;
}

function noteOf(
  page: EventPage,
  index: number,
  { place, offset, time: t, flag, segment }: PlaceInOrder,
  { worker }: OpenWorker,
): Note {
  const at = page.timestamps[index] as number;
  const headers = page.headers?.[index] ?? null;
  const event = {
    p: place,
    o: offset,
    t: t === -Infinity ? null : t,
    f: flag,
    s: segment,
    at: Number.isNaN(at) ? null : at,
    k: page.keys[index] ?? null,
    ...(headers !== null && { h: headers }),
  };
  const head = JSON.stringify(event).slice(0, -1);
  if (worker.decode === undefined) {
    const inexact = page.inexact?.get(index);
    const value = inexact !== undefined && worker.numbers === 'text' ? inexact.value : page.values[index];
    return { ...event, text: `${head},"v":${jsonText(value ?? null)}}` };
  }
  const bytes = page.valueBytes(index);
  return { ...event, text: `${head},"b":${bytes === null ? 'null' : `"${Buffer.from(bytes).toString('base64')}"`}}` };
}

/** The plan knew of no hole, so one that is found while reading may concern keys of any task. */
function refuseGaps(gaps: ReturnType<PartitionLedger['passOverTo']>): void {
  const [gap] = gaps;
  if (gap === undefined) return;
  throw new RecoveryError(
    'not-spreadable',
    `${describePartition(gap.id)} has nothing at ${gap.from}-${gap.to - 1} (${gap.reason}), and which keys that concerns nobody knows`,
    { hint: 'carry the plan out on one machine: eventmend recover --plan FILE' },
  );
}

/** Whole lines, many at once: standard output of a process is read by another one. */
class LineWriter {
  readonly #output: number;
  #lines: string[] = [];
  #length = 0;

  constructor(output: number) {
    this.#output = output;
  }

  write(line: string): void {
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= bufferedBytes) this.flush();
  }

  flush(): void {
    const bytes = Buffer.from(this.#lines.join(''), 'utf8');
    this.#lines = [];
    this.#length = 0;
    for (let done = 0; done < bytes.length;) {
      try {
        done += writeSync(this.#output, bytes, done);
      } catch (error) {
        // A pipe that does not block is full: whoever reads it is slower.
        if ((error as { code?: unknown }).code !== 'EAGAIN') throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      }
    }
  }
}

export default readEventsJob;
