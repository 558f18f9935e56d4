import type { RecordedEventRef, RecordedOutput, RecordedOutputs } from '../../model/records/recorded-outputs.js';
import type { UnknownReason } from './correction.js';
import { eventNumber, partitionIndex, type IntendedRun } from './intended-run.js';
import type { IntendedEvent } from './intended-events.js';
import { LaneCursors } from './lane-cursors.js';
import { hasRoom, pairOutputs } from './pair-outputs.js';
import type { RecordedStretch } from './recorded-stretch.js';
import type { Scratch, ScratchMap } from './scratch.js';

/** An event that waits for records, with those that came. */
interface Waiting {
  readonly event: IntendedEvent;
  readonly records: readonly RecordedOutput[];
}

/** Records that no intended output was left for. Those of an event stand in the order in which they were recorded. */
export interface SurplusRecords {
  readonly byEvent: ScratchMap<number, readonly RecordedOutput[]>;
  /** By partition, the offsets of their events, unsorted and with repetitions. */
  readonly offsets: readonly (readonly number[])[];
}

/** Hears what becomes of each output and each record, in no particular order. */
export interface JoinListener {
  /** Each record of an event before the target of the run, in the order of the records. */
  recorded(record: RecordedOutput, partition: number): void;
  /** Of an event that the run did not replay, because it is behind its target. */
  newer(record: RecordedOutput): void;
  /** Of an event that the run did not replay, because it is before its baseline. */
  older(record: RecordedOutput): void;
  /** A record that cannot be held against anything. */
  stray(record: RecordedOutput, reason: UnknownReason): void;
  /** An event from before the recorded stretch: no record of it counts. */
  before(event: IntendedEvent): void;
  /** An event with the record of each of its outputs; null for those that have none. */
  joined(event: IntendedEvent, records: readonly (RecordedOutput | null)[]): void;
  /** The same, when all records were read: only now it is known that there are no more. */
  leftOver(event: IntendedEvent, records: readonly (RecordedOutput | null)[], stretch: RecordedStretch): void;
}

export interface JoinInput {
  readonly run: IntendedRun;
  readonly recorded: RecordedOutputs;
  readonly stretch: RecordedStretch;
  readonly scratch: Scratch;
  /** How many events may wait for their records before less is read ahead. */
  readonly lookahead: number;
  readonly eventOf: ((eventId: string) => RecordedEventRef | null) | null;
  /** Called between batches; may throw. */
  readonly onBatch: (records: number) => Promise<void>;
}

/**
 * Puts each record beside the output that it is of. The records lead: before one is looked up, its lane is read up to its
 * event, so that what waits is only what the service handled in another order, or not. What comes of it does not depend on
 * batches, and neither on how far was read ahead.
 */
export async function joinOutputs(input: JoinInput, listener: JoinListener): Promise<SurplusRecords> {
  const join = new OutputJoin(input, listener);
  try {
    let read = 0;
    for await (const batch of input.recorded.read()) {
      join.takeBatch(batch);
      await input.onBatch((read += batch.length));
    }
    join.finish();
    return join.surplus;
  } finally {
    join.close();
  }
}

class OutputJoin {
  readonly #input: JoinInput;
  readonly #listener: JoinListener;
  readonly #cursors: LaneCursors;
  readonly #indexOf: (topic: string, partition: number) => number | undefined;
  readonly #waiting: ScratchMap<number, Waiting>;
  /** Records whose event was not read yet. */
  readonly #early: ScratchMap<number, readonly RecordedOutput[]>;
  /** Where outputs with a business id wait. */
  readonly #byId: ScratchMap<string, number>;
  readonly #earlyById: ScratchMap<string, readonly RecordedOutput[]>;
  readonly #surplus: ScratchMap<number, readonly RecordedOutput[]>;
  readonly #surplusOffsets: number[][];

  constructor(input: JoinInput, listener: JoinListener) {
    const { run, scratch } = input;
    this.#input = input;
    this.#listener = listener;
    this.#cursors = new LaneCursors(run);
    this.#indexOf = partitionIndex(run);
    this.#waiting = scratch.map();
    this.#early = scratch.map();
    this.#byId = scratch.map();
    this.#earlyById = scratch.map();
    this.#surplus = scratch.map();
    this.#surplusOffsets = run.partitions.map(() => []);
  }

  get surplus(): SurplusRecords {
    return { byEvent: this.#surplus, offsets: this.#surplusOffsets };
  }

  takeBatch(batch: readonly RecordedOutput[]): void {
    const events = batch.map((record) => this.#eventOf(record));
    // The whole batch first: where a partition's records begin decides what need not wait for any.
    events.forEach((ref) => {
      const partition = ref === null ? undefined : this.#partitionOf(ref);
      // Also records of events beside the run tell where the stretch begins and ends.
      if (ref !== null && partition !== undefined && ref.offset < this.#part(partition).logEnd) {
        this.#input.stretch.note(partition, ref.offset);
      }
    });
    batch.forEach((record, index) => {
      this.#take(record, events[index] ?? null);
    });
  }

  finish(): void {
    const { run, stretch } = this.#input;
    for (let lane = 0; lane < run.lanes.length; lane++) {
      for (let event = this.#cursors.nextOfLane(lane); event !== null; event = this.#cursors.nextOfLane(lane)) {
        this.#admit(event);
      }
    }
    // First the records that are of no output: an output without a record may be one of them.
    for (const [, records] of this.#early.inOrder()) records.forEach((record) => this.#addSurplus(record));
    for (const [, records] of this.#earlyById.inOrder()) records.forEach((record) => this.#addSurplus(record));
    for (const [, { event, records }] of this.#waiting.inOrder()) {
      if (stretch.isBefore(event)) this.#listener.before(event);
      else this.#listener.leftOver(event, pairOutputs(event.outputs, records), stretch);
    }
  }

  close(): void {
    this.#cursors.close();
  }

  #take(record: RecordedOutput, ref: RecordedEventRef | null): void {
    const { stretch } = this.#input;
    if (ref === null) {
      if (record.businessId !== null) this.#takeById(record);
      else this.#listener.stray(record, record.eventId === null ? 'ambiguous' : this.#reasonOfId());
      return;
    }
    const { offset } = ref;
    const partition = this.#partitionOf(ref);
    if (partition === undefined || offset >= this.#part(partition).logEnd) {
      this.#listener.stray(record, 'event-unknown');
    } else if (offset >= this.#part(partition).target) {
      this.#listener.newer(record);
    } else {
      this.#listener.recorded(record, partition);
      // Whether an event from before the baseline has such an output, or is there at all, nobody looks up: it shows no place.
      if (offset < this.#part(partition).from) this.#listener.older(record);
      else if (stretch.isOver(partition, offset)) this.#listener.stray(record, 'outside-recorded-stretch');
      else this.#takeOfEvent(record.event === null ? { ...record, event: ref } : record, partition, offset);
    }
  }

  #takeOfEvent(record: RecordedOutput, partition: number, offset: number): void {
    const number = eventNumber(this.#input.run, partition, offset);
    while (!this.#cursors.isPast(partition, offset) && this.#mayReadAhead()) {
      const event = this.#cursors.next(partition);
      if (event !== null) this.#admit(event);
    }
    if (!this.#cursors.isPast(partition, offset)) append(this.#early, number, record);
    else if (!this.#offer(number, record)) {
      if (record.businessId === null) this.#addSurplus(record);
      else this.#takeById(record);
    }
  }

  /** A record of an event far away must not make all between wait, unless as many records came too early. */
  #mayReadAhead(): boolean {
    return this.#waiting.size <= this.#input.lookahead + this.#early.size;
  }

  /** By the id of the output, wherever its event is. */
  #takeById(record: RecordedOutput): void {
    const id = idOf(record.output, record.businessId);
    const number = this.#byId.get(id);
    if (number === undefined) append(this.#earlyById, id, record);
    else if (!this.#offer(number, record)) this.#addSurplus(record);
  }

  /** An event that was read: it meets the records that were there before it. */
  #admit(event: IntendedEvent): void {
    if (this.#input.stretch.isBefore(event)) {
      this.#listener.before(event);
      return;
    }
    const number = this.#cursors.number(event);
    this.#waiting.add(number, { event, records: [] });
    for (const { output, businessId } of event.outputs) {
      if (businessId !== null) this.#byId.set(idOf(output, businessId), number);
    }
    if (this.#early.size > 0) this.#offerAll(this.#early, number, number);
    if (this.#earlyById.size === 0) return;
    for (const { output, businessId } of event.outputs) {
      if (businessId !== null) this.#offerAll(this.#earlyById, idOf(output, businessId), number);
    }
  }

  #offerAll<Key extends string | number>(
    early: ScratchMap<Key, readonly RecordedOutput[]>,
    key: Key,
    number: number,
  ): void {
    const records = early.get(key);
    if (records === undefined) return;
    early.delete(key);
    for (const record of records) if (!this.#offer(number, record)) this.#addSurplus(record);
  }

  /** False where the event intends nothing more like this record. */
  #offer(number: number, record: RecordedOutput): boolean {
    const waiting = this.#waiting.get(number);
    if (waiting === undefined) return false;
    const { event, records } = waiting;
    if (!hasRoom(record, event.outputs, records)) return false;
    this.#input.stretch.notePlace(event.place);
    const all = [...records, record];
    if (all.length < event.outputs.length) {
      this.#waiting.set(number, { event, records: all });
      return true;
    }
    this.#waiting.delete(number);
    for (const { output, businessId } of event.outputs) {
      if (businessId !== null) this.#byId.delete(idOf(output, businessId));
    }
    this.#listener.joined(event, pairOutputs(event.outputs, all));
    return true;
  }

  #addSurplus(record: RecordedOutput): void {
    const { event } = record;
    const partition = event === null ? undefined : this.#partitionOf(event);
    if (event === null || partition === undefined) {
      this.#listener.stray(record, 'ambiguous');
      return;
    }
    append(this.#surplus, eventNumber(this.#input.run, partition, event.offset), record);
    this.#surplusOffsets[partition]?.push(event.offset);
  }

  #eventOf({ event, eventId }: RecordedOutput): RecordedEventRef | null {
    if (event !== null) return event;
    return eventId === null ? null : (this.#input.eventOf?.(eventId) ?? null);
  }

  #reasonOfId(): UnknownReason {
    return this.#input.eventOf === null ? 'ambiguous' : 'event-unknown';
  }

  #partitionOf({ topic, partition }: RecordedEventRef): number | undefined {
    return this.#indexOf(topic, partition);
  }

  #part(partition: number) {
    return this.#input.run.partitions[partition] ?? { from: 0, target: 0, logEnd: 0 };
  }
}

function append<Key extends string | number>(
  map: ScratchMap<Key, readonly RecordedOutput[]>,
  key: Key,
  record: RecordedOutput,
): void {
  map.set(key, [...(map.get(key) ?? []), record]);
}

function idOf(output: string, businessId: string | null): string {
  return JSON.stringify([output, businessId]);
}
