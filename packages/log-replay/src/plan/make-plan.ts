import {
  positionToJson,
  type PlanScope,
  examineSnapshots,
  type ReplayPlanOptions,
  type RecoveryInputs,
  beginningOf,
  compareOverlaps,
  coverPartitions,
  damagedOf,
  eventsOf,
  expectedLoss,
  gapsOf,
  requireClosureAccepted,
  resolveScope,
  targetOfPlan,
  gapError,
  assemblePlan,
  timePlan,
  segmentsOf,
  refuseDamage,
  refuseInterrupted,
  refuseUnreachable,
  prepareWithLog,
  type PreparedInputs,
} from '@eventmend/core/engine';
import type { LongWork, Plan, Position } from '@eventmend/core';
import { chooseBaseline, type ChosenBaseline } from './choose-baseline.js';

/** Makes a plan, and proves on the way which snapshots are right. Writes nothing but certificates and evidence. */
export async function makePlan(situation: RecoveryInputs, options: ReplayPlanOptions, work: LongWork): Promise<Plan> {
  const prepared = await prepareWithLog(situation);
  try {
    return await planPrepared(prepared, options, work);
  } finally {
    prepared.close();
  }
}

async function planPrepared(prepared: PreparedInputs, options: ReplayPlanOptions, work: LongWork): Promise<Plan> {
  const { situation, facts, survey } = prepared;
  const acceptGaps = options.acceptGaps ?? situation.acceptGaps ?? false;
  if (options.baseline === undefined || options.baseline === 'auto') refuseUnreachable(prepared.snapshots.damaged);
  await compareOverlaps(survey, work.signal);
  const beginning = beginningOf(survey);
  const examination = await examineSnapshots(prepared, 'prove', work);
  const target = await targetOfPlan(prepared, options.target, work);
  const baseline = chooseBaseline({
    wanted: options.baseline ?? 'auto',
    examination,
    beginning,
    target,
    needsDeduplicationWindow: facts.worker.deduplicate !== undefined,
  });
  refuseInterrupted(work.signal);
  const scope = await scopeOfPlan(prepared, options, baseline, target.position, work);
  const cover = coverPartitions(survey, baseline.position, target.position);
  const gaps = gapsOf(cover);
  if (gaps.length > 0 && !acceptGaps) throw gapError(gaps);
  refuseDamage(survey, cover, situation.poison);
  const events = eventsOf(cover);
  const plan = assemblePlan(prepared, examination, {
    strategy: 'log-replay',
    acceptGaps,
    ...(scope === null ? {} : { scope }),
    baseline: [baseline.part],
    segments: segmentsOf(cover, survey, baseline.part.basis === 'declared' ? 'declared' : 'exact'),
    target: { spec: target.spec, position: positionToJson(target.position) },
    expected: {
      events,
      loss: expectedLoss(gaps, damagedOf(cover)),
    },
  });
  return timePlan(plan, prepared, options, work);
}

async function scopeOfPlan(
  prepared: PreparedInputs,
  { scope: request, acceptClosure }: ReplayPlanOptions,
  { position, part }: ChosenBaseline,
  to: Position,
  work: LongWork,
): Promise<PlanScope | null> {
  if (request === undefined) return null;
  const baseline = part.source.kind === 'snapshot' ? part.source.id : null;
  const scope = await resolveScope(prepared, request, { from: position, to, baseline }, work);
  requireClosureAccepted(scope, acceptClosure ?? false);
  return scope;
}
