import type { OffsetRange } from '../../model/log/event-log.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';

/** A partition of the log that the records may speak of. */
export interface RecordedPartition {
  readonly topic: string;
  readonly partition: number;
  /** From the oldest offset that the partition ever had to one past its last. */
  readonly range: OffsetRange;
}

/** What all records of a service say of their events, in counts. */
export interface RecordSurvey {
  readonly records: number;
  /** Records that name no event by its place in the log. */
  readonly withoutEvent: number;
  /** Of these, the ones that do not name it by an id either. */
  readonly silent: number;
  /** Records of events in partitions that the log does not have, and the first of these. */
  readonly unknownPartition: number;
  readonly firstUnknown: RecordedEventRef | null;
  /** Records of offsets outside of what their partition ever held, and the first of these. */
  readonly outside: number;
  readonly firstOutside: RecordedEventRef | null;
  /** Some of the ids that events are named by, each once. */
  readonly eventIds: ReadonlySet<string>;
  /** Outputs with a business id of their own. */
  readonly withId: number;
}

interface SurveyedRecord {
  readonly event: RecordedEventRef | null;
  readonly eventId: string | null;
  readonly businessId?: string | null;
}

/** Reads all records once. Of the ids of events only the first `idsKept` are remembered. */
export async function surveyRecords(
  records: { read(): AsyncIterable<readonly SurveyedRecord[]> },
  partitions: readonly RecordedPartition[],
  idsKept = 1000,
): Promise<RecordSurvey> {
  const ranges = new Map<string, Map<number, OffsetRange>>();
  for (const { topic, partition, range } of partitions) {
    const known = ranges.get(topic) ?? new Map<number, OffsetRange>();
    ranges.set(topic, known.set(partition, range));
  }
  const counts = { records: 0, withoutEvent: 0, silent: 0, unknownPartition: 0, outside: 0, withId: 0 };
  const eventIds = new Set<string>();
  let firstUnknown: RecordedEventRef | null = null;
  let firstOutside: RecordedEventRef | null = null;
  for await (const batch of records.read()) {
    counts.records += batch.length;
    for (const { event, eventId, businessId = null } of batch) {
      if (businessId !== null) counts.withId++;
      if (eventId !== null && eventIds.size < idsKept) eventIds.add(eventId);
      if (event === null) {
        counts.withoutEvent++;
        if (eventId === null) counts.silent++;
        continue;
      }
      const range = ranges.get(event.topic)?.get(event.partition);
      if (range === undefined) {
        counts.unknownPartition++;
        firstUnknown ??= event;
      } else if (event.offset < range.from || event.offset >= range.to) {
        counts.outside++;
        firstOutside ??= event;
      }
    }
  }
  return { ...counts, firstUnknown, firstOutside, eventIds };
}
