import type { RecordedOutput } from '../../model/records/recorded-outputs.js';
import { eventNumber, partitionIndex, type IntendedRun } from './intended-run.js';
import { intendedEvents, sequenceNumber, type IntendedEvent } from './intended-events.js';
import type { SurplusRecords } from './join-outputs.js';
import { mayBe } from './pair-outputs.js';

/** Hears where each surplus record belongs. */
export interface SurplusListener {
  /** Recorded once more. @param occurrence how many records of the same output came before */
  surplus(event: IntendedEvent, slot: number, record: RecordedOutput, occurrence: number): void;
  /** Of an output that the event does not intend at all. @param ordinal how many records of the same came before */
  notIntended(place: number, partition: number, record: RecordedOutput, ordinal: number): void;
}

/**
 * Goes through the outputs of the run once more, if there is any surplus, to learn what each such record is of. A record
 * of an event without outputs is placed before the next event of its partition that has some.
 */
export function placeSurplus(run: IntendedRun, surplus: SurplusRecords, listener: SurplusListener): void {
  const indexOf = partitionIndex(run);
  run.lanes.forEach(({ partitions, read }, lane) => {
    const queues = new Map(partitions.map((partition) => [partition, queueOf(surplus.offsets[partition] ?? [])]));
    let open = partitions.filter((partition) => queues.get(partition)?.next !== undefined).length;
    if (open === 0) return;
    let end = sequenceNumber(lane, 0);
    const recordsOf = (partition: number, offset: number) =>
      inOrder(surplus.byEvent.get(eventNumber(run, partition, offset)) ?? []);
    for (const event of intendedEvents(lane, read(), indexOf)) {
      end = event.place + 2 * event.outputs.length;
      const queue = queues.get(event.partition);
      if (queue?.next === undefined || queue.next > event.offset) continue;
      while (queue.next !== undefined && queue.next < event.offset) {
        placeNotIntended(event.place - 1, event.partition, recordsOf(event.partition, queue.next), listener);
        queue.shift();
      }
      if (queue.next === event.offset) {
        placeOfEvent(event, recordsOf(event.partition, queue.next), listener);
        queue.shift();
      }
      if (queue.next === undefined && --open === 0) return;
    }
    for (const [partition, queue] of queues) {
      for (; queue.next !== undefined; queue.shift()) {
        placeNotIntended(end - 1, partition, recordsOf(partition, queue.next), listener);
      }
    }
  });
}

/** The nth record of a name and key is the ordinal n among as many as are intended: a second handling repeats them all. */
function placeOfEvent(event: IntendedEvent, records: readonly RecordedOutput[], listener: SurplusListener): void {
  const seen = new Map<number, number>();
  const others: RecordedOutput[] = [];
  for (const record of records) {
    const slots = event.outputs.flatMap((output, slot) => (mayBe(record, output) ? [slot] : []));
    const first = slots[0];
    if (first === undefined) {
      others.push(record);
      continue;
    }
    const before = seen.get(first) ?? 0;
    seen.set(first, before + 1);
    const slot = slots[before % slots.length] as number;
    listener.surplus(event, slot, record, Math.floor(before / slots.length) + 1);
  }
  placeNotIntended(event.place, event.partition, others, listener);
}

function placeNotIntended(
  place: number,
  partition: number,
  records: readonly RecordedOutput[],
  listener: SurplusListener,
): void {
  const seen = new Map<string, number>();
  for (const record of records) {
    const name = JSON.stringify([record.output, record.key]);
    const ordinal = seen.get(name) ?? 0;
    seen.set(name, ordinal + 1);
    listener.notIntended(place, partition, record, ordinal);
  }
}

function inOrder(records: readonly RecordedOutput[]): readonly RecordedOutput[] {
  return [...records].sort((a, b) => a.seq - b.seq);
}

/** Different offsets, rising. */
function queueOf(offsets: readonly number[]) {
  const sorted = [...new Set(offsets)].sort((a, b) => a - b);
  let at = 0;
  return {
    get next(): number | undefined {
      return sorted[at];
    },
    shift: () => {
      at++;
    },
  };
}
