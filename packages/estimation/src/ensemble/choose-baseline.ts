import type { LongWork, Position, SnapshotDescription } from '@eventmend/core';
import {
  beginningOf,
  behindOnset,
  coverPartitions,
  examineSnapshots,
  examineStates,
  isBeforeOrAt,
  isWithin,
  lostOf,
  type PreparedInputs,
} from '@eventmend/core/engine';

/** The state that an estimate begins with. */
export interface EnsembleBaseline {
  /** Null for the beginning of the log, where no state is. */
  readonly snapshot: SnapshotDescription | null;
  readonly position: Position;
  readonly basis: 'genesis' | 'proven' | 'declared' | 'unproven';
}

/**
 * The beginning of the log, or a snapshot from before the target that is proven, declared trusted, or from before the onset with
 * nothing against it: the one behind which least is lost, of equals the latest. One that breaks an invariant of the worker is none,
 * nor is an unproven one that a control total of its moment contradicts.
 */
export async function chooseBaseline(
  prepared: PreparedInputs,
  target: Position,
  depth: 'prove' | 'recorded-proofs',
  work: LongWork,
): Promise<EnsembleBaseline> {
  const { survey, facts, situation } = prepared;
  const genesis: EnsembleBaseline = { snapshot: null, position: beginningOf(survey), basis: 'genesis' };
  // A snapshot of the service lacks the window of recent ids that such a worker needs.
  if (facts.worker.deduplicate !== undefined) return genesis;
  const { examined } = await examineSnapshots(prepared, depth, work);
  const { onset } = situation.incident;
  const baselines = [genesis];
  for (const { candidate, finding } of examined) {
    const { description, position } = candidate;
    if (!isBeforeOrAt(position, target) || finding.finding === 'differs') continue;
    const isSure = finding.finding === 'proven' || finding.finding === 'declared';
    const isBefore =
      onset !== null &&
      description.takenAt !== null &&
      description.takenAt <= onset &&
      (await behindOnset(candidate, survey, onset)) === null;
    if (!isSure && !isBefore) continue;
    const basis = finding.finding === 'proven' || finding.finding === 'declared' ? finding.finding : 'unproven';
    const { broken, totals } = await examineStates(situation, description);
    if (broken.length > 0 || (basis === 'unproven' && !totals.every(isWithin))) continue;
    baselines.push({ snapshot: description, position, basis });
  }
  const lostBehind = ({ position }: EnsembleBaseline): number =>
    lostOf(coverPartitions(survey, position, target)).reduce((sum, { from, to }) => sum + to - from, 0);
  const reach = ({ position }: EnsembleBaseline): number => position.reduce((sum, { next }) => sum + next, 0);
  return baselines
    .map((baseline) => ({ baseline, lost: lostBehind(baseline), reach: reach(baseline) }))
    .sort((a, b) => a.lost - b.lost || b.reach - a.reach)[0]!.baseline;
}
