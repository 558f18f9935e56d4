import type { Fidelity } from '../../model/provenance/provenance.js';
import type { CoveredRange } from '../../model/plan/cover-ranges.js';
import type { PlanSegment } from '../../model/plan/plan.js';
import { openEndOf, type PartitionCover } from './cover-partitions.js';
import type { LogSurvey } from './survey-logs.js';

/** The segments of a plan: what is read from where, and what nobody has. */
export function segmentsOf(
  cover: readonly PartitionCover[],
  survey: LogSurvey,
  expected: Fidelity,
): readonly PlanSegment[] {
  return cover.flatMap(({ partition, ranges }) =>
    ranges.map((range): PlanSegment => {
      const { source, topic, incarnation, partition: number } = partition;
      return {
        scope: { kind: 'all' },
        source,
        topic,
        incarnation,
        partition: number,
        from: String(range.from),
        to: String(range.to),
        log: range.log,
        as: range.log === null ? 'log' : (survey.logs[range.log]?.as ?? 'log'),
        events: isLost(range) || range.log === null ? 0 : range.to - range.from,
        fidelity: isLost(range) ? 'incomplete' : expected,
        ...(range.damaged === true && { damaged: true }),
        ...(range.declared !== undefined && { declared: range.declared }),
        ...openEndOf(partition, range),
      };
    }),
  );
}

/** True where no log has the events, or none that can be read. */
function isLost({ log, damaged, declared }: CoveredRange): boolean {
  return (log === null && declared === undefined) || damaged === true;
}
