import type { PartitionDescription } from '../../model/log/event-log.js';
import type { Plan, PlanSegment } from '../../model/plan/plan.js';

/** The segments of a log that stands beside that of the service. */
export function segmentsBeside(
  partitions: readonly PartitionDescription[],
  log: number,
  as: 'external' | 'fact' | 'estimate',
): readonly PlanSegment[] {
  return partitions.map(({ source, topic, incarnation, partition, range }) => ({
    scope: { kind: 'all' },
    source,
    topic,
    incarnation,
    partition,
    from: '0',
    to: String(range.to),
    log,
    as,
    events: range.to,
    fidelity: as === 'estimate' ? 'interpolated' : 'external',
  }));
}

/** Where a plan ends in the partitions of such a log. */
export function endsOf(partitions: readonly PartitionDescription[]): Plan['logEnd'] {
  return partitions.map(({ source, topic, incarnation, partition, range }) => ({
    source,
    topic,
    incarnation,
    partition,
    next: String(range.to),
  }));
}
