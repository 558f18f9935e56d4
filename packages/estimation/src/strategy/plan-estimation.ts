import { isRecoveryError, RecoveryError, type LongWork, type Plan } from '@eventmend/core';
import {
  assemblePlan,
  baselinePart,
  coverPartitions,
  damagedOf,
  endsOf,
  eventsOf,
  expectedLoss,
  fidelityBehind,
  gapsOf,
  isLogless,
  positionToJson,
  prepareInputs,
  refuseDamage,
  refuseInterrupted,
  refuseUnreachable,
  segmentsBeside,
  segmentsOf,
  targetOfPlan,
  timePlan,
  writeStandIns,
  type PlannedSum,
  type PlanSegment,
  type PreparedInputs,
  type RecoveryInputs,
  type ReplayPlanOptions,
} from '@eventmend/core/engine';
import { estimatePrepared } from '../ensemble/estimate-states.js';
import type { StatesOptions } from '../ensemble/states-options.js';
import type { EstimatedStates } from '../ensemble/estimated-states.js';
import { holdAgainstLive } from './hold-against-live.js';
import { withOrderValues } from './order-values.js';
import { planWithoutLog } from './plan-without-log.js';

const estimator = 'ensemble';
const shownLevel = 0.9;

/**
 * Plans a recovery over the path of one member of an ensemble, with what the whole ensemble says of the sums. Writes certificates and
 * the drawn events into the store.
 * @throws RecoveryError `estimate-refused` where nothing can be estimated, `operation-not-allowed` for what this strategy cannot do
 */
export async function planEstimation(
  inputs: RecoveryInputs,
  options: ReplayPlanOptions,
  settings: StatesOptions,
  work: LongWork,
): Promise<Plan> {
  refuseUnsupported(inputs, options);
  const prepared = await prepareInputs(inputs);
  try {
    if (isLogless(prepared.survey)) return await planWithoutLog(prepared, { ...settings, ...options }, work);
    refuseIds(prepared);
    return await planPrepared(prepared, options, settings, work);
  } finally {
    prepared.close();
  }
}

async function planPrepared(
  prepared: PreparedInputs,
  options: ReplayPlanOptions,
  settings: StatesOptions,
  work: LongWork,
): Promise<Plan> {
  const { situation, survey } = prepared;
  const { target: request = settings.target, baseline: wanted = settings.baseline } = options;
  if (wanted === undefined || wanted === 'auto') refuseUnreachable(prepared.snapshots.damaged);
  const result = await estimatePrepared(
    prepared,
    {
      ...settings,
      ...(request !== undefined && { target: request }),
      ...(wanted !== undefined && { baseline: wanted }),
    },
    work,
  );
  refuseInterrupted(work.signal);
  if (result.status === 'refused') {
    const { reason } = result;
    throw new RecoveryError('estimate-refused', `nothing is estimated: ${reason.code}`, {
      hint:
        reason.code === 'nothing-lost'
          ? 'the log holds all of it: --strategy log-replay'
          : 'a longer history, or a snapshot from nearer to the loss, would allow one (docs/estimation.md)',
      details: { reason },
    });
  }
  const { estimate, chosen } = result;
  const target = await targetOfPlan(prepared, request, work);
  const { baseline } = estimate;
  const cover = coverPartitions(survey, baseline.position, target.position);
  refuseDamage(survey, cover, situation.poison);
  const drawn = [...estimate.events()].map(({ event }) => event).sort((a, b) => a.time - b.time);
  const { order } = situation;
  const events = order.by === 'field' ? await withOrderValues(drawn, order.path, estimate.gaps, prepared, work) : drawn;
  const written = await writeStandIns(situation.store, `estimate:${estimator}`, events, survey, 0);
  const log = survey.logs.length;
  const known = eventsOf(cover);
  const off = await holdAgainstLive(prepared, estimate, target.position).catch(unreadable);
  const plan = assemblePlan(prepared, chosen, {
    strategy: 'estimation',
    // What is not there is what this tier is for; its offsets stay unavailable, whatever is applied in their place.
    acceptGaps: true,
    baseline: [baselinePart(baseline)],
    segments: [
      ...segmentsOf(cover, survey, fidelityBehind(baseline.basis)).map((segment) => filled(segment, estimate)),
      ...segmentsBeside(written.partitions, log, 'estimate'),
    ],
    target: { spec: target.spec, position: [...positionToJson(target.position), ...endsOf(written.partitions)] },
    estimates: {
      ...{ estimator, log, events: events.length },
      ensemble: {
        ...{ ...ensembleOf(estimate), sums: sumsOf(estimate), ...(off !== null && { off }) },
        basis: estimate.basis(),
      },
    },
    ownLogs: [{ kind: written.kind, location: written.location, fingerprint: written.fingerprint }],
    ownEnds: endsOf(written.partitions),
    // A drawn event may name any key.
    locality: 'global',
    expected: { events: known, loss: expectedLoss(gapsOf(cover), damagedOf(cover)) },
  });
  return timePlan(plan, prepared, options, work);
}

/** A live state that cannot be read is told by the recovery that compares with it. */
function unreadable(error: unknown): null {
  if (!isRecoveryError(error)) throw error;
  return null;
}

/** Of a range that nobody holds: as many events as it held were drawn. */
function filled(segment: PlanSegment, { filledAs }: EstimatedStates): PlanSegment {
  return segment.log !== null || segment.declared !== undefined ? segment : { ...segment, fidelity: filledAs };
}

function ensembleOf({ members, seed, gaps }: EstimatedStates) {
  return { members, seed, donors: Math.min(...gaps.map(({ donors }) => donors)) };
}

function sumsOf({ sums }: EstimatedStates): readonly PlannedSum[] {
  return Object.entries(sums).map(([measure, { estimate, intervals }]) => {
    const { level, low, high } = intervals.find((interval) => interval.level === shownLevel)!;
    return { measure, estimate, level, low, high };
  });
}

function refuseUnsupported({ order }: RecoveryInputs, { scope }: ReplayPlanOptions): void {
  if (scope !== undefined) throw notAllowed('limited to some keys');
  if (order.by === 'recorded') throw notAllowed('possible under a recorded order, in which drawn events have no place');
}

function refuseIds({ facts }: PreparedInputs): void {
  if (facts.worker.deduplicate === undefined) return;
  throw notAllowed('possible for a worker that knows events by an id: those of the history would be taken for repeats');
}

function notAllowed(what: string): RecoveryError {
  return new RecoveryError('operation-not-allowed', `the strategy estimation is not ${what}`, {
    hint: 'plan without that, or with another strategy',
  });
}
