import { describePartition } from '../../model/log/partition-id.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { EventLog, OffsetRange } from '../../model/log/event-log.js';
import { overlap } from '../../model/log/overlap.js';
import type { EventPage } from '../../model/log/event-page.js';
import { pagesOf } from '../../sources/log/pages-of.js';
import type { LogSurvey, SurveyedPartition } from './survey-logs.js';

/** Offsets that are compared at each place. */
const placeOffsets = 256;

/**
 * Makes sure that logs which say that they hold the same events do: at the beginning, in the middle and at the end of
 * what two of them hold of a partition, the same offset must have the same key, value and time, byte by byte.
 * @throws RecoveryError `conflicting-events`
 */
export async function compareOverlaps({ logs, partitions }: LogSurvey, signal?: AbortSignal): Promise<void> {
  for (const partition of partitions) {
    for (const [index, first] of partition.held.entries()) {
      for (const second of partition.held.slice(index + 1)) {
        const common = overlap(first.holds.range, second.holds.range);
        for (const place of common === null ? [] : placesIn(common)) {
          signal?.throwIfAborted();
          await comparePlace(partition, place, [logAt(logs, first.log), logAt(logs, second.log)]);
        }
      }
    }
  }
}

interface NamedLog {
  readonly log: EventLog;
  readonly location: string;
}

function logAt(logs: LogSurvey['logs'], index: number): NamedLog {
  const { log, description } = logs[index] as LogSurvey['logs'][number];
  return { log, location: description.location };
}

function placesIn({ from, to }: OffsetRange): readonly OffsetRange[] {
  if (from >= to) return [];
  if (to - from <= 3 * placeOffsets) return [{ from, to }];
  const middle = Math.floor((from + to - placeOffsets) / 2);
  return [from, middle, to - placeOffsets].map((start) => ({ from: start, to: start + placeOffsets }));
}

async function comparePlace(
  partition: SurveyedPartition,
  range: OffsetRange,
  [first, second]: readonly [NamedLog, NamedLog],
): Promise<void> {
  const seen = new Map<number, string>();
  await forEachEvent(first.log, partition, range, (offset, content) => seen.set(offset, content));
  await forEachEvent(second.log, partition, range, (offset, content) => {
    const other = seen.get(offset);
    if (other === undefined || other === content) return;
    throw new RecoveryError(
      'conflicting-events',
      `${describePartition(partition)}@${offset} is not the same event in ${first.location} and in ${second.location}`,
      {
        hint: 'one of the two is a copy of another log, or was changed: name only the right one, or give the other a source of its own',
        details: { topic: partition.topic, partition: partition.partition, offset: String(offset) },
      },
    );
  });
}

async function forEachEvent(
  log: EventLog,
  { source, topic, incarnation, partition }: SurveyedPartition,
  range: OffsetRange,
  take: (offset: number, content: string) => void,
): Promise<void> {
  for await (const page of pagesOf(log, { source, topic, incarnation, partition, ...range })) {
    for (let index = 0; index < page.count; index++) take(page.offsets[index] as number, contentOf(page, index));
  }
}

function contentOf(page: EventPage, index: number): string {
  const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('base64'));
  const time = page.timestamps[index] as number;
  return JSON.stringify([text(page.keyBytes(index)), text(page.valueBytes(index)), Number.isNaN(time) ? null : time]);
}
