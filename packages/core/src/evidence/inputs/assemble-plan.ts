import type { Plan } from '../../model/plan/plan.js';
import { namePlan } from '../../model/plan/plan-id.js';
import { positionToJson } from '../../model/position/position.js';
import { endOf } from '../coverage/boundary-positions.js';
import { actBeforeOf } from '../coverage/retention.js';
import type { Examination } from '../proof/examine-snapshots.js';
import { expectRun } from '../proof/replay-rate.js';
import { pinReferences } from './pin-references.js';
import type { PreparedInputs } from './prepare-inputs.js';

/** What a strategy decides of its plan; the rest follows from the inputs that it is made for. */
interface DecidedPlan extends Pick<
  Plan,
  | 'strategy'
  | 'acceptGaps'
  | 'scope'
  | 'baseline'
  | 'notMixed'
  | 'segments'
  | 'target'
  | 'standIns'
  | 'standInTrial'
  | 'untriedStandIns'
  | 'totals'
  | 'facts'
  | 'estimates'
  | 'sums'
  | 'liveCandidate'
  | 'keyLoss'
  | 'expected'
> {
  /** `partition` unless events of other partitions may name the same keys; as the worker declares where absent. */
  readonly locality?: Plan['worker']['locality'];
  /** Logs that the plan has made itself, and their ends. */
  readonly ownLogs?: Plan['logs'];
  readonly ownEnds?: Plan['logEnd'];
}

/** The plan for these inputs, with its name. */
export function assemblePlan(
  prepared: PreparedInputs,
  {
    findings,
    workerCheck,
    proofMs = null,
  }: Pick<Examination, 'findings' | 'workerCheck'> & Partial<Pick<Examination, 'proofMs'>>,
  decided: DecidedPlan,
): Plan {
  const { situation, facts, survey } = prepared;
  const { strategy, acceptGaps, scope, baseline, segments, target, standIns, liveCandidate, expected } = decided;
  return namePlan({
    format_version: 1,
    strategy,
    incident: { name: situation.incident.name, digest: situation.incident.digest },
    worker: {
      name: facts.worker.name,
      version: facts.worker.version,
      hash: facts.hash,
      locality: decided.locality ?? facts.locality,
      outputs: facts.outputs,
    },
    order: situation.order,
    poison: situation.poison,
    acceptGaps,
    ...(scope !== undefined && { scope }),
    baseline,
    ...(decided.notMixed !== undefined && { notMixed: decided.notMixed }),
    segments,
    logs: [
      ...survey.logs.map(({ description: { kind, location, fingerprint } }) => ({ kind, location, fingerprint })),
      ...(decided.ownLogs ?? []),
    ],
    target,
    logEnd: [...positionToJson(endOf(survey)), ...(decided.ownEnds ?? [])],
    references: pinReferences(prepared),
    snapshots: findings,
    workerCheck,
    ...(standIns !== undefined && { standIns }),
    ...(decided.standInTrial !== undefined && { standInTrial: decided.standInTrial }),
    ...(decided.untriedStandIns !== undefined && { untriedStandIns: decided.untriedStandIns }),
    ...(decided.totals !== undefined && { totals: decided.totals }),
    ...(decided.facts !== undefined && { facts: decided.facts }),
    ...(decided.estimates !== undefined && { estimates: decided.estimates }),
    ...(decided.sums !== undefined && { sums: decided.sums }),
    ...(liveCandidate !== undefined && { liveCandidate }),
    ...(decided.keyLoss !== undefined && { keyLoss: decided.keyLoss }),
    expected,
    measured: measuredFor(prepared, expected.events, proofMs),
  });
}

function measuredFor(
  { situation, facts, survey }: PreparedInputs,
  events: number,
  proofMs: number | null,
): Plan['measured'] {
  const actBefore = actBeforeOf(survey);
  return {
    ...{ eventsPerSecond: null, durationMs: null, proofMs },
    ...expectRun(situation.store, facts.hash, events),
    ...(actBefore !== null && { actBefore }),
  };
}
