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
}

/** The books of a partition that was read whole: what its events come to is in the books of the tasks. */
export interface ReadPartition extends PartitionId, LedgerState {
  readonly order: PartitionOrderState;
  /** By task, how many events it was given. */
  readonly given: readonly number[];
}

const bufferedBytes = 1 << 18;

/**
 * Reads partitions and writes each event as a line: the task that has its keys, a key to sort by, the event. The order
 * values are found here, where a partition is read whole, since its watermarks belong to it.
 */
const readEventsJob: Job<ReadRequest, object, readonly ReadPartition[]> = async (request, inputs, _, control) => {
  const assignment = new KeyAssignment(request.tasks, request.connected);
  const lines = new LineWriter(request.output);
  const read: ReadPartition[] = [];
  for (const place of request.places) {
    const partition = request.spec.partitions[place];
    if (partition === undefined) throw new Error(`the plan has no partition ${place}`);
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
    const given = new Array<number>(request.tasks).fill(0);
    const scan = new KeyScan<Omit<OrderedEvent, 'v' | 'b'> & { readonly text: string }>(inputs.instance, (scanned) => {
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
  return read;
};

async function readPartition(
  partition: SpecPartition,
  place: number,
  path: Path,
  ledger: PartitionLedger,
  instance: OpenWorker,
  scan: KeyScan<Omit<OrderedEvent, 'v' | 'b'> & { readonly text: string }>,
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

function lineOf(cursor: PartitionCursor, place: number, offset: number, { worker }: OpenWorker) {
  const page = cursor.page as NonNullable<typeof cursor.page>;
  const { index } = cursor;
  const t = cursor.order[index] as number;
  const at = page.timestamps[index] as number;
  const headers = page.headers?.[index] ?? null;
  const event = {
    p: place,
    o: offset,
    t: t === -Infinity ? null : t,
    f: cursor.flags[index] as number,
    s: cursor.segment,
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
