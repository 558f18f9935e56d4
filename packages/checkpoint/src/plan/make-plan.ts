import { RecoveryError, type LongWork, type Plan } from '@eventmend/core';
import {
  assemblePlan,
  behindOnset,
  compareOverlaps,
  coverPartitions,
  damagedOf,
  endOf,
  eventsOf,
  examineSnapshots,
  expectedLoss,
  gapsOf,
  positionToJson,
  prepareInputs,
  proveTransitions,
  readEvidence,
  refuseDamage,
  refuseInterrupted,
  targetOfPlan,
  segmentsOf,
  writeEvidence,
  type BaselinePart,
  type GapEstimator,
  type LiveErrorRate,
  type PlanSegment,
  type PreparedInputs,
  type RecoveryInputs,
  type ReplayPlanOptions,
  type Transition,
  type WorkerCheck,
} from '@eventmend/core/engine';
import { baselineCandidates, type BaselineCandidate } from './checkpoint-candidates.js';
import { chooseCheckpoint } from './choose-checkpoint.js';
import { knownStretch } from './known-stretch.js';
import { placeByTime } from './place-by-time.js';
import { planEstimates } from './plan-estimates.js';
import { planFacts } from './plan-facts.js';
import { planStandIns } from './plan-stand-ins.js';
import { holdAgainstTotals, planTotals, withObjections } from './plan-totals.js';
import { SnapshotObjections } from './snapshot-objections.js';

/** Makes a plan: proves what can be proven, and writes nothing but certificates, evidence and stand-ins. */
export async function makePlan(
  inputs: RecoveryInputs,
  options: ReplayPlanOptions,
  work: LongWork,
  estimator: GapEstimator | null,
): Promise<Plan> {
  if (options.scope !== undefined) {
    throw new RecoveryError('operation-not-allowed', 'the strategy checkpoint is not limited to some keys', {
      hint: 'plan for all keys, and export those that are wanted; or --strategy log-replay',
    });
  }
  const prepared = await prepareInputs(inputs);
  try {
    return await planPrepared(prepared, options, work, estimator);
  } finally {
    prepared.close();
  }
}

async function planPrepared(
  given: PreparedInputs,
  options: ReplayPlanOptions,
  work: LongWork,
  estimator: GapEstimator | null,
): Promise<Plan> {
  const { situation, facts, survey } = given;
  await compareOverlaps(survey, work.signal);
  const withPlaces = await placeByTime(given);
  const { prepared } = withPlaces;
  const examination = await examineSnapshots(prepared, 'prove', work);
  if (examination.eventsPerSecond !== null) writeEvidence(situation.store, facts.hash, examination.eventsPerSecond);
  const transitions = await proveTransitions(prepared, work);
  const target = await targetOfPlan(prepared, options.target, work);
  const objections = new SnapshotObjections(situation);
  await holdAgainstTotals(withPlaces, objections);
  const candidates = await baselineCandidates(withPlaces, examination, transitions, target.position, objections);
  const baseline = chooseCheckpoint(candidates, options.baseline ?? 'auto');
  if (baseline === null) throw new Error('the beginning of the log is always a candidate');
  refuseInterrupted(work.signal);
  const cover = coverPartitions(survey, baseline.position, target.position);
  refuseDamage(survey, cover, situation.poison);
  const workerCheck = await checkedByTransitions(examination.workerCheck, transitions, prepared);
  const events = eventsOf(cover);
  const rate = examination.eventsPerSecond ?? readEvidence(situation.store, facts.hash);
  const gaps = gapsOf(cover);
  const replaced = await planStandIns(prepared, baseline, target, gaps, work);
  refuseInterrupted(work.signal);
  const estimated = await planEstimates(estimator, prepared, baseline, gaps, replaced, work);
  const { uncovered, isWhole } = replaced.coverage;
  const damaged = damagedOf(cover);
  const damagedOffsets = damaged.reduce((sum, { from, to }) => sum + to - from, 0);
  const loss = expectedLoss(gaps, damaged);
  const parts = [partOf(baseline)];
  const segments = [
    ...segmentsOf(cover, survey, fidelityOf(baseline)).map((segment) => (isWhole ? stoodIn(segment) : segment)),
    ...replaced.segments,
    ...(estimated?.segments ?? []),
  ];
  const ends = [...replaced.ends, ...(estimated?.ends ?? [])];
  const ownLogs = [...replaced.logs, ...(estimated === null ? [] : [estimated.log])];
  const targetWith = (more: Plan['logEnd']): Plan['target'] => ({
    spec: target.spec,
    position: [...positionToJson(target.position), ...ends, ...more],
  });
  const stated = await planFacts(
    prepared,
    {
      baseline: parts,
      segments,
      target: targetWith([]),
      logEnd: [...positionToJson(endOf(survey)), ...ends],
      ownLogs,
      from: baseline.position,
      to: target.position,
      fromTime: baseline.snapshot === null ? -Infinity : baseline.snapshot.takenAt,
      toTime: target.time,
      slack: replaced.slack,
      known: (situation.facts ?? []).length === 0 ? null : knownStretch(prepared, baseline),
    },
    work,
  );
  const totals = planTotals(prepared, target.spec.kind === 'time' ? target.spec.time : null, objections);
  return assemblePlan(
    prepared,
    { findings: withObjections(examination.findings, objections), workerCheck },
    {
      strategy: 'checkpoint',
      // What is not there is what this tier is for; it is counted, and its reach is told.
      acceptGaps: true,
      baseline: parts,
      segments: [...segments, ...(stated?.segments ?? [])],
      target: targetWith(stated?.ends ?? []),
      ...(replaced.standIns.length > 0 && { standIns: replaced.standIns }),
      ...(estimated !== null && { estimates: estimated.estimates }),
      ...(totals !== undefined && { totals }),
      ...(stated !== null && { facts: stated.facts }),
      ownLogs: [...ownLogs, ...(stated?.logs ?? [])],
      ownEnds: [...ends, ...(stated?.ends ?? [])],
      // A row of another system, or an estimate, may name any key, whichever partition its events stand in.
      ...(ends.length + (stated?.ends.length ?? 0) > 0 && { locality: 'global' as const }),
      ...(situation.live !== null && {
        liveCandidate: { errorRate: await liveErrorRate(transitions, prepared), lost: uncovered },
      }),
      // Rows that stand in make a loss no smaller, unless they are said to be all of it: nobody knows what they lack.
      expected: { events, loss: isWhole ? { ...loss, events: damagedOffsets } : loss },
      measured: {
        eventsPerSecond: rate,
        durationMs: rate === null ? null : Math.round((events / rate) * 1000),
        proofMs: examination.proofMs,
      },
    },
  );
}

/** Of a range that nobody holds: what stands in for it is said to be all of it. */
function stoodIn(segment: PlanSegment): PlanSegment {
  if (segment.log !== null || segment.declared !== undefined) return segment;
  return { ...segment, fidelity: 'external', stoodIn: true };
}

function partOf({ snapshot, basis, position, evidence }: BaselineCandidate): BaselinePart {
  const { omits } = snapshot ?? {};
  return {
    scope: { kind: 'all' },
    source: snapshot === null ? { kind: 'genesis' } : { kind: 'snapshot', id: snapshot.id, digest: snapshot.digest },
    basis,
    position: positionToJson(position),
    evidence,
    ...(omits !== undefined && { omits }),
  };
}

function fidelityOf({ basis }: BaselineCandidate): 'exact' | 'declared' | 'unproven' {
  return basis === 'declared' || basis === 'unproven' ? basis : 'exact';
}

/**
 * A healthy stretch that the worker reproduces checks it, whatever becomes of the snapshot in front of it: it did with those
 * events what the service did.
 */
async function checkedByTransitions(
  check: WorkerCheck,
  transitions: readonly Transition[],
  prepared: PreparedInputs,
): Promise<WorkerCheck> {
  if (check.checked || check.failed === true) return check;
  const healthy: Transition[] = [];
  for (const transition of transitions) if (await isHealthy(transition, prepared)) healthy.push(transition);
  // A stretch without an event, or one that touches no key, shows nothing.
  const last = healthy.findLast(
    ({ finding, covered }) => finding.finding === 'proven' && covered !== null && covered.keys > 0,
  );
  if (last === undefined) return check;
  const keys = last.finding.keysCompared.toLocaleString('en-US');
  const { id } = last.to.description;
  return {
    checked: true,
    snapshot: id,
    reason: `from snapshot ${last.from.description.id} on it reproduces snapshot ${id} (${keys} of ${keys} keys)`,
  };
}

/** True where both ends are known to be from before the error. */
async function isHealthy({ to }: Transition, { situation, survey }: PreparedInputs): Promise<boolean> {
  const { onset } = situation.incident;
  const { takenAt } = to.description;
  return onset !== null && takenAt !== null && takenAt <= onset && (await behindOnset(to, survey, onset)) === null;
}

/** How often the service was wrong since the error began, where snapshots still show it; null where none does. */
async function liveErrorRate(
  transitions: readonly Transition[],
  prepared: PreparedInputs,
): Promise<LiveErrorRate | null> {
  let wrongKeys = 0;
  let events = 0;
  for (const transition of transitions) {
    const { finding, offsets } = transition;
    if (finding.finding !== 'proven' && finding.finding !== 'differs') continue;
    if (await isHealthy(transition, prepared)) continue;
    wrongKeys += finding.keysDiffering;
    events += offsets;
  }
  return events === 0 ? null : { wrongKeys, events };
}
