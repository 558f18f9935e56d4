import type { Assessment } from '../../model/strategy/assessment.js';
import type { SnapshotCandidates } from './snapshot-candidates.js';

/**
 * Snapshots that no strategy can use: damaged ones, and those whose position is none of the log, such as one that has read
 * more than the log holds. One without a position may still be placed by its time.
 */
export function snapshotWarnings({
  damaged,
  rejected,
}: Pick<SnapshotCandidates, 'damaged' | 'rejected'>): Assessment['warnings'] {
  return [
    ...damaged.map(({ location, reason }) => ({ kind: 'snapshot-damaged' as const, location, reason })),
    ...rejected.flatMap(({ description: { id }, reason: problem }) =>
      problem.kind === 'no-position' ? [] : [{ kind: 'snapshot-not-on-log' as const, snapshot: id, problem }],
    ),
  ];
}
