import type { PartitionDescription } from '../../model/log/event-log.js';
import type { RecordedPartition } from '../../sources/records/survey-records.js';

/** What the logs hold together, by topic and partition: from the oldest offset there ever was to one past the last. */
export function logRanges(partitions: readonly PartitionDescription[]): readonly RecordedPartition[] {
  const ranges = new Map<string, RecordedPartition>();
  for (const { topic, partition, beginning, range } of partitions) {
    const name = JSON.stringify([topic, partition]);
    const known = ranges.get(name)?.range;
    const from = Math.min(beginning, known?.from ?? Infinity);
    ranges.set(name, { topic, partition, range: { from, to: Math.max(range.to, known?.to ?? 0) } });
  }
  return [...ranges.values()];
}
