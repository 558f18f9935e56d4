import { comparePartitions } from '../../model/log/partition-id.js';
import type { Position } from '../../model/position/position.js';
import type { LogSurvey, SurveyedPartition } from './survey-logs.js';

/**
 * Adds the partitions that the service has read and that no log holds at all: without them a whole partition could be
 * missing and nothing would look like a gap.
 * @param read positions of the live state and of snapshots
 * @param topics that the worker reads; all where it does not say
 */
export function withPartitionsBeyondLogs(
  survey: LogSurvey,
  read: readonly Position[],
  topics: readonly string[] | undefined,
): LogSurvey {
  const added = new Map<string, SurveyedPartition>();
  const [known] = survey.partitions;
  for (const { source, topic, incarnation, partition, next } of read.flat()) {
    if (topics !== undefined && !topics.includes(topic)) continue;
    if (survey.partitions.some((one) => one.topic === topic && one.partition === partition)) continue;
    const name = JSON.stringify([topic, partition]);
    const end = Math.max(next, added.get(name)?.end ?? 0);
    const id = { source: source === '' ? (known?.source ?? '') : source, topic, incarnation, partition };
    added.set(name, { ...id, beginning: 0, from: end, end, held: [] });
  }
  if (added.size === 0) return survey;
  return { ...survey, partitions: [...survey.partitions, ...added.values()].sort(comparePartitions) };
}
