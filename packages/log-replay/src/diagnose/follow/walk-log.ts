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
  /** Its number on the path that is walked, from 0; known once it is left behind. */
  rank: number;
  /** Effective time in milliseconds; -Infinity before the first timestamp. */
  readonly now: number;
  readonly event: WorkerEvent;
  readonly keys: readonly string[];
  /** Why it cannot be handed to the worker at all; `event` then has no value. */
  readonly fault: RecoveryError | null;
}

/** How many events are read ahead for a worker that is asked in batches. */
const readAhead = 512;

/** One way through the log: over all partitions in canonical order, or along a single one. */
interface WalkedPath {
  readonly path: Path;
  /** The partitions that it goes through, by their numbers among those of the path. */
  readonly places: readonly number[];
  next: WalkedEvent | null;
  /** Events whose keys were asked for together; the path is ahead by them. */
  ahead: WalkedEvent[];
}

/**
 * Walks the events of a stretch of the log, each with its keys, up to exclusive ends by place: in canonical order, or each
 * partition by itself, for a service that put the partitions together in its own way.
 */
export class LogWalk {
  readonly #inputs: ReplayInputs;
  /** One for all partitions, or one for each place. */
  readonly #paths: readonly WalkedPath[];
  readonly #ends: readonly number[];
  /** Why, by partition and offset. */
  readonly #forced = new Map<string, string>();
  #rank = 0;
  /** The path that was looked at last. */
  #current = 0;
  /** The next offset of each place: everything below was passed or is not there. */
  readonly passed: number[];

  /**
   * @param apart whether each partition is walked by itself
   * @param forced events that the worker must not be asked to handle
   */
  constructor(
    spec: ReplaySpec,
    inputs: ReplayInputs,
    ends: readonly number[],
    { apart, forced = [] }: { readonly apart: boolean; readonly forced?: readonly ForcedQuarantine[] },
  ) {
    this.#inputs = inputs;
    for (const one of forced) this.#forced.set(`${partitionKey(one.partition)}@${one.offset}`, one.reason);
    this.#ends = ends;
    this.passed = spec.partitions.map(({ next }) => next);
    const all = spec.partitions.map((_, place) => place);
    const placesOfPaths = apart ? all.map((place) => [place]) : [all];
    this.#paths = placesOfPaths.map((places) => ({
      places,
      path: new Path(
        places
          .map((place) => spec.partitions[place] as ReplaySpec['partitions'][number])
          .map(({ id, next, order, ranges }) => ({
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
      ),
      next: null,
      ahead: [],
    }));
  }

  get isApart(): boolean {
    return this.#paths.length > 1;
  }

  /** Reads on where that is necessary. A promise only where the log has to be waited for. */
  load(place: number): undefined | Promise<undefined> {
    const walked = this.#pathOf(place);
    if (walked.next !== null) return undefined;
    if (this.#inputs.instance.mode === 'batches')
      return walked.ahead.length === 0 ? this.#readAhead(walked) : undefined;
    return walked.path.mustLoad ? walked.path.load() : undefined;
  }

  /** The next event; null at the end of the stretch, or where `load` has to be called first. */
  peek(place: number): WalkedEvent | null {
    const walked = this.#pathOf(place);
    if (walked.next !== null) return walked.next;
    if (this.#inputs.instance.mode === 'batches') return (walked.next = walked.ahead.shift() ?? null);
    // What was asked for must not be asked for again: whoever waits for the log calls `load`.
    if (walked.path.mustLoad) return null;
    const cursor = this.#head(walked);
    if (cursor === null) return null;
    return (walked.next = this.#describe(cursor, cursor.offsets[cursor.index] as number));
  }

  /** The partition whose event is next. One that has come to its end is left out; the others go on to theirs. */
  #head(walked: WalkedPath): PartitionCursor | null {
    for (;;) {
      const cursor = walked.path.head;
      if (cursor === null) return null;
      if ((cursor.offsets[cursor.index] as number) < (this.#ends[placeOf(walked, cursor)] as number)) return cursor;
      walked.path.hold();
    }
  }

  /** Leaves the event behind that `peek` gave last. */
  step(): void {
    const current = this.#paths[this.#current] as WalkedPath;
    const walked = current.next;
    if (walked === null) return;
    current.next = null;
    this.passed[walked.place] = walked.offset + 1;
    walked.rank = this.#rank++;
    if (this.#inputs.instance.mode !== 'batches') current.path.step();
  }

  close(): void {
    for (const { path } of this.#paths) path.close();
  }

  #pathOf(place: number): WalkedPath {
    this.#current = this.isApart ? place : 0;
    return this.#paths[this.#current] as WalkedPath;
  }

  async #readAhead(walked: WalkedPath): Promise<undefined> {
    const scan = new KeyScan<Pick<WalkedEvent, 'place' | 'offset' | 'rank' | 'now'> & { readonly id: PartitionId }>(
      this.#inputs.instance,
      (scanned) => {
        const { id, ...at } = scanned.note;
        walked.ahead.push(
          'error' in scanned
            ? { ...at, event: withoutValue(id, at.offset), keys: [], fault: scanned.error }
            : { ...at, event: scanned.event, keys: scanned.keys, fault: this.#faultOf(id, at.offset) },
        );
      },
    );
    for (let read = 0; read < readAhead; read++) {
      if (walked.path.mustLoad) await walked.path.load();
      const cursor = this.#head(walked);
      if (cursor === null) break;
      const { id, index } = cursor;
      const place = placeOf(walked, cursor);
      const now = cursor.clock[index] as number;
      const note = { id, place, offset: cursor.offsets[index] as number, rank: -1, now };
      const asking = scan.ask(note, cursor.page as NonNullable<typeof cursor.page>, index, id, now);
      walked.path.step();
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
    const place = placeOf(this.#paths[this.#current] as WalkedPath, cursor);
    const rank = -1;
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

/** The number of a cursor's partition among all. */
function placeOf({ places }: WalkedPath, { place }: PartitionCursor): number {
  return places[place] ?? place;
}

function withoutValue({ source, topic, incarnation, partition }: PartitionId, offset: number): WorkerEvent {
  return { source, topic, incarnation, partition, offset, key: null, time: null, headers: [], value: null };
}
