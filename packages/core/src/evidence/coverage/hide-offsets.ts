import type { LogHole, OffsetRange } from '../../model/log/event-log.js';
import { overlap } from '../../model/log/overlap.js';
import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import type { LogSurvey, SurveyedPartition } from './survey-logs.js';

/** Offsets of one partition, `to` exclusive. */
export interface HiddenOffsets extends PartitionId {
  readonly from: number;
  readonly to: number;
}

/** The same logs as if nobody held some offsets: what would be known had they been lost. */
export function hideOffsets(survey: LogSurvey, hidden: readonly HiddenOffsets[]): LogSurvey {
  const byPartition = new Map(hidden.map((range) => [partitionKey(range), range]));
  return {
    ...survey,
    partitions: survey.partitions.map((partition) => {
      const range = byPartition.get(partitionKey(partition));
      return range === undefined ? partition : { ...partition, held: without(partition.held, range) };
    }),
  };
}

function without(held: SurveyedPartition['held'], { from, to }: HiddenOffsets): SurveyedPartition['held'] {
  return held.flatMap(({ log, holds }) =>
    [
      { from: holds.range.from, to: Math.min(holds.range.to, from) },
      { from: Math.max(holds.range.from, to), to: holds.range.to },
    ].flatMap((range) =>
      range.from < range.to ? [{ log, holds: { ...holds, range, holes: within(holds.holes, range) } }] : [],
    ),
  );
}

function within(holes: readonly LogHole[], range: OffsetRange): readonly LogHole[] {
  return holes.flatMap((hole): LogHole[] => {
    const common = overlap(hole, range);
    return common === null ? [] : [{ ...common, reason: hole.reason }];
  });
}
