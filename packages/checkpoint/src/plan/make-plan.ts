import { RecoveryError, type LongWork, type Plan } from '@eventmend/core';
import {
  assemblePlan,
  checkedByTransitions,
  compareOverlaps,
  damagedOf,
  endOf,
  eventsOf,
  examineSnapshots,
  expectedLoss,
  gapsOf,
  isLogless,
  placeByTime,
  positionToJson,
  prepareInputs,
  proveTransitions,
  refuseDamage,
  refuseInterrupted,
  refuseUnreachable,
  SnapshotObjections,
  targetOfPlan,
  timePlan,
  withObjections,
  type GapEstimator,
  type PlanSegment,
  type PreparedInputs,
  type RecoveryInputs,
  type ReplayPlanOptions,
} from '@eventmend/core/engine';
import { baselineParts, segmentsOfWay, wayOf } from './baseline-parts.js';
import { thoroughSearch } from './baseline-search.js';
import { chooseBaseline, type ChosenBaseline } from './choose-baseline.js';
import { knownStretch } from './known-stretch.js';
import { planEstimates } from './plan-estimates.js';
import { planFacts } from './plan-facts.js';
import { planLossByKey } from './plan-loss-by-key.js';
import { planStandIns, rangeBetween, type PlacedStandIn } from './plan-stand-ins.js';
import { holdAgainstTotals, planTotals } from './plan-totals.js';
import { trialWays } from './trial-ways.js';
import { tryStandIns } from './try-stand-ins.js';

/** Where nothing can be replayed, nothing shows what the worker does: no value is better than unproven. */
const notReplayed: Plan['workerCheck'] = {
  checked: false,
  snapshot: null,
  reason: 'there is no log that could be replayed',
};

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
  if (options.baseline === undefined || options.baseline === 'auto') refuseUnreachable(given.snapshots.damaged);
  await compareOverlaps(survey, work.signal);
  const withPlaces = await placeByTime(given);
  const { prepared } = withPlaces;
  const examination = await examineSnapshots(prepared, 'prove', work);
  const transitions = await proveTransitions(prepared, work);
  const target = await targetOfPlan(prepared, options.target, work);
  const objections = new SnapshotObjections(situation);
  await holdAgainstTotals(withPlaces, objections);
  const chosen = await chooseBaseline(
    withPlaces,
    examination,
    transitions,
    target,
    options.baseline ?? 'auto',
    thoroughSearch(withPlaces, target, work),
    objections,
  );
  const { newest, notMixed } = chosen;
  refuseInterrupted(work.signal);
  const way = wayOf(chosen, survey, target.position);
  const { cover } = way;
  refuseDamage(survey, cover, situation.poison);
  const workerCheck = isLogless(survey)
    ? notReplayed
    : await checkedByTransitions(examination.workerCheck, transitions, prepared);
  const events = eventsOf([cover, ...way.olderCovers].flat());
  const gaps = gapsOf(cover);
  const ways = trialWays(prepared, newest, target);
  const replaced = await planStandIns(prepared, rangeBetween(newest, target), gaps, work, (partition, page) => {
    for (const { times } of ways) times.watch(partition, page);
  });
  refuseInterrupted(work.signal);
  const { isDoubted, ...tried } = await tryStandIns(prepared, ways, gaps, replaced, work);
  refuseInterrupted(work.signal);
  const estimated = await planEstimates(estimator, prepared, newest, gaps, replaced, work);
  const { uncovered } = replaced.coverage;
  const isWhole = replaced.coverage.isWhole && !isDoubted;
  const hasOpenEnd = gaps.some(({ openEnd }) => openEnd === true);
  const damaged = damagedOf(cover);
  const damagedOffsets = damaged.reduce((sum, { from, to }) => sum + to - from, 0);
  const loss = expectedLoss(gaps, damaged);
  const baseline = baselineParts(chosen);
  const ofLog = segmentsOfWay(chosen, way, survey).map((segment) => (isWhole ? stoodIn(segment) : segment));
  const segments = [...ofLog, ...replaced.segments, ...(estimated?.segments ?? [])];
  const ends = [...replaced.ends, ...(estimated?.ends ?? [])];
  const ownLogs = [...replaced.logs, ...(estimated === null ? [] : [estimated.log])];
  const targetOfLog = positionToJson(target.position);
  const targetWith = (more: Plan['logEnd']): Plan['target'] => ({
    spec: target.spec,
    position: [...targetOfLog, ...ends, ...more],
  });
  const stated = await planFacts(
    prepared,
    {
      baseline,
      segments,
      target: targetWith([]),
      logEnd: [...positionToJson(endOf(survey)), ...ends],
      ownLogs,
      from: newest.position,
      to: target.position,
      fromTime: newest.snapshot === null ? -Infinity : newest.snapshot.takenAt,
      beginsWithinLoss: newest.isWithinLoss,
      toTime: target.time,
      slack: replaced.slack,
      known: (situation.facts ?? []).length === 0 ? null : knownStretch(prepared, newest),
    },
    work,
  );
  const totals = planTotals(prepared, target.spec.kind === 'time' ? target.spec.time : null, objections);
  // A row of another system, or an estimate, may name any key, whichever partition its events stand in.
  const locality = ends.length + (stated?.ends.length ?? 0) > 0 ? 'global' : facts.locality;
  requireSomething(prepared, newest, replaced.standIns, [...ends, ...(stated?.ends ?? [])]);
  // The live state stands in front of an end that nobody knows.
  const lossByKey = hasOpenEnd
    ? {}
    : await planLossByKey(
        prepared,
        transitions,
        { baseline, segments: ofLog, locality, target: targetOfLog },
        uncovered,
        { trial: tried.standInTrial ?? null, rowsOf: rowsByKey(replaced.used) },
        estimated !== null,
      );
  const plan = assemblePlan(
    prepared,
    { findings: withObjections(examination.findings, objections), workerCheck, proofMs: examination.proofMs },
    {
      strategy: 'checkpoint',
      // What is not there is what this tier is for; it is counted, and its reach is told.
      acceptGaps: true,
      baseline,
      ...(notMixed !== null && { notMixed }),
      segments: [...segments, ...(stated?.segments ?? [])],
      target: targetWith(stated?.ends ?? []),
      ...(replaced.standIns.length > 0 && { standIns: replaced.standIns }),
      ...tried,
      ...(estimated !== null && { estimates: estimated.estimates }),
      ...(totals !== undefined && { totals }),
      ...(stated !== null && { facts: stated.facts }),
      ownLogs: [...ownLogs, ...(stated?.logs ?? [])],
      ownEnds: [...ends, ...(stated?.ends ?? [])],
      locality,
      ...lossByKey,
      // Rows that stand in make a loss no smaller, unless they are said to be all of it: nobody knows what they lack.
      expected: { events, loss: isWhole && !hasOpenEnd ? { ...loss, events: damagedOffsets } : loss },
    },
  );
  return timePlan(plan, prepared, options, work);
}

/**
 * Without a log, a state and the records of other systems there is nothing to recover from: an empty state would look like one that
 * was recovered.
 * @throws RecoveryError `no-feasible-strategy`
 */
function requireSomething(
  { survey, snapshots }: PreparedInputs,
  { snapshot }: ChosenBaseline['newest'],
  standIns: NonNullable<Plan['standIns']>,
  applied: Plan['logEnd'],
): void {
  if (!isLogless(survey) || snapshot !== null || applied.length > 0) return;
  const unused = [
    ...standIns.flatMap(({ records, rows: { doubtful } }) =>
      doubtful > 0 ? [`${doubtful} rows of ${records} are doubtful`] : [],
    ),
    ...(snapshots.candidates.length + snapshots.rejected.length > 0
      ? ['no snapshot is trusted, or known to be from before the error by its time and the onset']
      : []),
  ];
  const because = unused.length === 0 ? '' : `: ${unused.join('; ')}`;
  throw new RecoveryError(
    'no-feasible-strategy',
    `there is no log, and nothing that survived stands in for it${because}`,
    {
      hint: 'keep the live state. A snapshot of a known time before a known onset would allow a recovery, and so would rows of another system: say from when on it has the events (from), or that they are all (has_every_event)',
    },
  );
}

/** Of how many rows that are used a key is named. */
function rowsByKey(used: readonly PlacedStandIn[]): (key: string) => number {
  const rows = new Map<string, number>();
  for (const { keys } of used) for (const key of keys ?? []) rows.set(key, (rows.get(key) ?? 0) + 1);
  return (key) => rows.get(key) ?? 0;
}

/** Of a range that nobody holds: what stands in for it is said to be all of it. */
function stoodIn(segment: PlanSegment): PlanSegment {
  if (segment.log !== null || segment.declared !== undefined) return segment;
  return { ...segment, fidelity: 'external', stoodIn: true };
}
