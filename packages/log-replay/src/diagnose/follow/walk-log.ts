import { isRecoveryError, RecoveryError, type PartitionId, type WorkerEvent } from '@eventmend/core';
import {
  KeyScan,
  orderValuesFor,
  Path,
  partitionKey,
  type ForcedQuarantine,
  type PartitionCursor,
  type ReplayInputs,
  type ReplaySpec,
  type WorkerInstance,
} from '@eventmend/core/engine';

/** One event of the log in the order of the replay. */
export interface WalkedEvent {
  /** Number of its partition among those of the spec. */
  readonly place: number;
  readonly offset: number;
  /** Its number on the canonical path, from 0. */
  readonly rank: number;
  /** Effective time in milliseconds; -Infinity before the first timestamp. */
  readonly now: number;
  readonly event: WorkerEvent;
  readonly keys: readonly string[];
  /** Why it cannot be handed to the worker at all; `event` then has no value. */
  readonly fault: RecoveryError | null;
}

/** How many events are read ahead for a worker that is asked in batches. */
const readAhead = 512;

/** Walks the events of a stretch of the log in canonical order, each with its keys, up to exclusive ends by place. */
export class LogWalk {
  readonly #inputs: ReplayInputs;
  readonly #path: Path;
  readonly #ends: readonly number[];
  /** Why, by partition and offset. */
  readonly #forced = new Map<string, string>();
  #rank = 0;
  #next: WalkedEvent | null = null;
  /** Events whose keys were asked for together; the path is ahead by them. */
  #ahead: WalkedEvent[] = [];
  /** The next offset of each place: everything below was passed or is not there. */
  readonly passed: number[];

  /** @param forced events that the worker must not be asked to handle */
  constructor(
    spec: ReplaySpec,
    inputs: ReplayInputs,
    ends: readonly number[],
    forced: readonly ForcedQuarantine[] = [],
  ) {
    this.#inputs = inputs;
    for (const one of forced) this.#forced.set(`${partitionKey(one.partition)}@${one.offset}`, one.reason);
    this.#ends = ends;
    this.passed = spec.partitions.map(({ next }) => next);
    this.#path = new Path(
      spec.partitions.map(({ id, next, order, ranges }) => ({
        id,
        next,
        order,
        ranges: ranges.map(({ from, to, log, segment }) => ({
          from,
          to,
          log: log === null ? null : (inputs.logs[log] ?? null),
          segment,
        })),
      })),
      orderValuesFor(spec.order, inputs.recorded),
    );
  }

  /** Reads on where that is necessary. A promise only where the log has to be waited for. */
  load(): undefined | Promise<undefined> {
    if (this.#inputs.instance.mode === 'batches') return this.#ahead.length === 0 ? this.#readAhead() : undefined;
    return this.#path.mustLoad ? this.#path.load() : undefined;
  }

  /** The next event; null at the end of the stretch, or where `load` has to be called first. */
  peek(): WalkedEvent | null {
    if (this.#next !== null) return this.#next;
    if (this.#inputs.instance.mode === 'batches') return (this.#next = this.#ahead.shift() ?? null);
    if (this.#path.mustLoad && this.#path.load() !== undefined) return null;
    const cursor = this.#head();
    return cursor === null ? null : (this.#next = this.#describe(cursor, cursor.offsets[cursor.index] as number));
  }

  /** The partition whose event is next. One that has come to its end is left out; the others go on to theirs. */
  #head(): PartitionCursor | null {
    for (;;) {
      const cursor = this.#path.head;
      if (cursor === null) return null;
      if ((cursor.offsets[cursor.index] as number) < (this.#ends[cursor.place] as number)) return cursor;
      this.#path.hold();
    }
  }

  /** Leaves the event behind that `peek` gave. */
  step(): void {
    const walked = this.#next;
    if (walked === null) return;
    this.#next = null;
    this.passed[walked.place] = walked.offset + 1;
    if (this.#inputs.instance.mode === 'batches') return;
    this.#rank++;
    this.#path.step();
  }

  close(): void {
    this.#path.close();
  }

  async #readAhead(): Promise<undefined> {
    const scan = new KeyScan<Pick<WalkedEvent, 'place' | 'offset' | 'rank' | 'now'> & { readonly id: PartitionId }>(
      this.#inputs.instance,
      (scanned) => {
        const { id, ...at } = scanned.note;
        this.#ahead.push(
          'error' in scanned
            ? { ...at, event: withoutValue(id, at.offset), keys: [], fault: scanned.error }
            : { ...at, event: scanned.event, keys: scanned.keys, fault: this.#faultOf(id, at.offset) },
        );
      },
    );
    for (let read = 0; read < readAhead; read++) {
      if (this.#path.mustLoad) await this.#path.load();
      const cursor = this.#head();
      if (cursor === null) break;
      const { id, index, place } = cursor;
      const now = cursor.clock[index] as number;
      const note = { id, place, offset: cursor.offsets[index] as number, rank: this.#rank++, now };
      const asking = scan.ask(note, cursor.page as NonNullable<typeof cursor.page>, index, id, now);
      this.#path.step();
      if (asking !== undefined) await asking;
    }
    await scan.flush();
  }

  /** An event that is in quarantine already names its keys, and is not handed to the worker. */
  #faultOf(id: PartitionId, offset: number): RecoveryError | null {
    if (this.#forced.size === 0) return null;
    const reason = this.#forced.get(`${partitionKey(id)}@${offset}`);
    return reason === undefined ? null : new RecoveryError('worker-timeout', reason);
  }

  #describe(cursor: PartitionCursor, offset: number): WalkedEvent {
    const instance = this.#inputs.instance as WorkerInstance;
    const now = cursor.clock[cursor.index] as number;
    const { place } = cursor;
    const rank = this.#rank;
    try {
      const event = instance.event(cursor.page as NonNullable<typeof cursor.page>, cursor.index, cursor.id);
      // Written out: spreading an object a second time costs more than the event.
      return { place, offset, rank, now, event, keys: instance.keys(event), fault: this.#faultOf(cursor.id, offset) };
    } catch (error) {
      if (!isRecoveryError(error)) throw error;
      return { place, offset, rank, now, event: withoutValue(cursor.id, offset), keys: [], fault: error };
    }
  }
}

function withoutValue({ source, topic, incarnation, partition }: PartitionId, offset: number): WorkerEvent {
  return { source, topic, incarnation, partition, offset, key: null, time: null, headers: [], value: null };
}
