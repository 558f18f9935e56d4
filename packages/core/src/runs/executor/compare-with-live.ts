import { adoptReplayInputs } from '../../engine/replay/replay-inputs.js';
import { samePosition } from '../../model/position/position.js';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import { summariseRun } from '../report/summarise-run.js';
import type { LiveComparison } from '../../model/strategy/live-comparison.js';
import type { Plan } from '../../model/plan/plan.js';
import type { RunStore } from '../../engine/store/run-store.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import { eventTimeoutOf } from '../../evidence/inputs/locate-replay.js';
import { compareStates, type StateComparison } from '../../evidence/compare/compare-states.js';
import { connectKeysOfLog } from '../../evidence/order/connect-keys-of-log.js';
import type { OrderIndependentKeys } from '../../evidence/order/order-independent-keys.js';
import { orderMayMatter } from '../../evidence/order/order-may-matter.js';
import { placeOnLog } from '../../evidence/proof/snapshot-candidates.js';
import { targetOnLog } from '../../evidence/stop-position/target-on-log.js';
import { rowsOfScope } from '../../evidence/scope/rows-of-scope.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import type { LogSurvey } from '../../evidence/coverage/survey-logs.js';

const nothing = { keys: 0, differing: 0, onlyRecovered: 0, onlyLive: 0, firstDifference: null };

/**
 * Compares the recovered state with the live one, where both have read the same events, over the keys of the plan; the
 * live one is only read.
 */
export async function compareWithLive(
  plan: Plan,
  situation: RecoveryInputs,
  survey: LogSurvey,
  store: RunStore,
): Promise<LiveComparison | null> {
  const { live } = situation;
  if (live === null) return null;
  const [described] = (await live.list()).snapshots;
  if (described === undefined) return { ...nothing, compared: false, reason: { kind: 'live-unreadable' } };
  const placed = placeOnLog(described.position, survey);
  if ('kind' in placed) return { ...nothing, compared: false, reason: { kind: 'not-on-log', problem: placed } };
  if (!samePosition(placed, targetOnLog(plan))) {
    return { ...nothing, compared: false, reason: { kind: 'not-at-target' } };
  }
  const inputs = await adoptReplayInputs([], situation.worker, situation.references, null, eventTimeoutOf(situation));
  try {
    const rows = (): AsyncIterable<SnapshotRow> => live.rows(described.id);
    return await compareStores(plan, survey, store, inputs.instance, rows, described.stateVersion);
  } finally {
    await inputs.close();
  }
}

async function compareStores(
  plan: Plan,
  survey: LogSurvey,
  store: RunStore,
  instance: OpenWorker,
  rows: () => AsyncIterable<SnapshotRow>,
  stateVersion: number,
): Promise<LiveComparison> {
  const compare = (isDetermined?: (key: string) => boolean): Promise<StateComparison> =>
    compareStates(store, instance, rowsOfScope(rows(), plan.scope), stateVersion, {
      ...(isDetermined === undefined ? {} : { isDetermined }),
    });
  let comparison = await compare();
  if (comparison.differing > 0 && orderMayMatter(plan.order, plan.worker.locality, survey.partitions.length)) {
    const independent = await independentKeysOf(plan, survey, store, instance);
    comparison = await compare((key) => independent?.has(key) ?? false);
  }
  const { keys, differing, onlyDerived, onlyRecorded, undetermined } = comparison;
  const first = comparison.firstDetermined ?? comparison.firstDifference;
  return {
    compared: true,
    reason: undetermined === 0 ? null : { kind: 'order-not-recorded', undetermined, differing },
    keys,
    differing,
    undetermined,
    onlyRecovered: onlyDerived,
    onlyLive: onlyRecorded,
    firstDifference: first === null ? null : { key: first.key, recovered: first.derived, live: first.recorded },
  };
}

/** Null where all is undetermined: events were parked or lost, and nobody knows which keys the service has of them. */
async function independentKeysOf(
  plan: Plan,
  survey: LogSurvey,
  store: RunStore,
  instance: OpenWorker,
): Promise<OrderIndependentKeys | null> {
  const spec = specOfPlan(
    plan,
    survey.logs.map(({ description }) => description),
  );
  const { totals } = summariseRun(spec, store);
  if (totals.quarantined > 0 || totals.unavailable > 0) return null;
  return connectKeysOfLog(
    spec,
    survey.logs.map(({ log }) => log),
    instance,
  );
}
