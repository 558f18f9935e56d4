import type { LongWork, Plan } from '@eventmend/core';
import {
  endsOf,
  segmentsBeside,
  writeStandIns,
  type BaselineCandidate,
  type GapEstimator,
  type PlanSegment,
  type PreparedInputs,
  type ReplayGap,
} from '@eventmend/core/engine';
import type { PlannedStandIns } from './plan-stand-ins.js';

/** What an estimator adds to a plan. */
export interface PlannedEstimates {
  readonly estimates: NonNullable<Plan['estimates']>;
  readonly segments: readonly PlanSegment[];
  readonly log: Plan['logs'][number];
  readonly ends: Plan['logEnd'];
}

/** Asks for what nothing stands in for; null where nothing is left, or nothing can be said of it. */
export async function planEstimates(
  estimator: GapEstimator | null,
  { situation, survey }: PreparedInputs,
  { snapshot }: BaselineCandidate,
  gaps: readonly ReplayGap[],
  replaced: PlannedStandIns,
  work: LongWork,
): Promise<PlannedEstimates | null> {
  const { uncovered, isWhole } = replaced.coverage;
  if (estimator === null || uncovered === 0 || isWhole) return null;
  const request = { gaps, events: uncovered, baselineTime: snapshot?.takenAt ?? null };
  const events = await estimator.estimate(request, work);
  if (events === null || events.length === 0) return null;
  const inOrder = [...events].sort((a, b) => a.time - b.time);
  const place = replaced.standIns.length;
  const written = await writeStandIns(situation.store, `estimate:${estimator.name}`, inOrder, survey, place);
  const { kind, location, fingerprint, partitions } = written;
  const log = survey.logs.length + replaced.logs.length;
  return {
    estimates: { estimator: estimator.name, log, events: events.length },
    segments: segmentsBeside(partitions, log, 'estimate'),
    log: { kind, location, fingerprint },
    ends: endsOf(partitions),
  };
}
