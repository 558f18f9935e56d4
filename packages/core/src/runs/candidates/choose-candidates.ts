import { adoptReplayInputs } from '../../engine/replay/replay-inputs.js';
import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { RunStore } from '../../engine/store/run-store.js';
import { compareStates } from '../../evidence/compare/compare-states.js';
import { eventTimeoutOf } from '../../evidence/inputs/locate-replay.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { orderMayMatter } from '../../evidence/order/order-may-matter.js';
import { holeReach, type HoleReach } from '../../evidence/proof/hole-reach.js';
import { placeOnLog } from '../../evidence/proof/snapshot-candidates.js';
import { targetOnLog } from '../../evidence/stop-position/target-on-log.js';
import { rowsOfScope } from '../../evidence/scope/rows-of-scope.js';
import type { LiveErrorRate, Plan } from '../../model/plan/plan.js';
import { samePosition } from '../../model/position/position.js';
import type { CandidateChoice } from '../../model/strategy/run-report.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import { figuresOf } from '../choice/plan-figures.js';
import { summariseRun } from '../report/summarise-run.js';
import { countKeyEvents, type KeyEventCounts } from './count-key-events.js';
import {
  betterCandidate,
  differMoreThanLost,
  errorPerKeyEvent,
  errorPerStandIn,
  expectedErrors,
  type LostEvents,
} from './expected-error.js';
import { keysPerEvent } from './keys-per-event.js';

/** Keys whose live value is taken, and how the choice came about. */
export interface ChosenCandidates {
  readonly fromLive: ReadonlySet<string>;
  readonly choice: CandidateChoice;
}

/** Of a key that a hole reaches and whose two values differ. */
interface ReachedKey {
  readonly key: string;
  readonly hasLive: boolean;
  readonly hasRebuilt: boolean;
}

/**
 * Chooses between the rebuilt and the live value of every key that a hole reaches: the live service saw those events, if
 * wrongly at times. The one with the smaller expected error is taken; that two agree proves nothing and needs no choice.
 * @returns null where the live state is no candidate: the plan has none, or it stands at another position than the run
 */
export async function chooseCandidates(
  plan: Plan,
  prepared: PreparedInputs,
  spec: ReplaySpec,
  store: RunStore,
): Promise<ChosenCandidates | null> {
  const { situation, survey } = prepared;
  const { live } = situation;
  const reach = holeReach(spec, store);
  if (plan.liveCandidate === undefined || live === null || !reach.any) return null;
  const [described] = (await live.list()).snapshots;
  const placed = described === undefined ? null : placeOnLog(described.position, survey);
  if (described === undefined || placed === null || 'kind' in placed) return null;
  if (!samePosition(placed, targetOnLog(plan))) return null;
  const { worker, references } = situation;
  const inputs = await adoptReplayInputs([], worker, references, null, eventTimeoutOf(situation));
  try {
    const counts = await countKeyEvents(
      spec,
      survey.logs.map(({ log }) => log),
      inputs.instance,
      situation.incident.onset,
      prepared.recorded,
    );
    const rows = rowsOfScope(live.rows(described.id), plan.scope);
    const seen = await compareKeys(store, inputs.instance, rows, described.stateVersion, reach, counts);
    const isOrdered = !orderMayMatter(plan.order, plan.worker.locality, survey.partitions.length);
    const rate = (isOrdered ? rateOf(seen.whole) : null) ?? plan.liveCandidate.errorRate;
    // What the plan knew to be damaged is parked too, and counted by it, less what stands in for it.
    const parked = Math.max(0, summariseRun(spec, store).quarantined - damagedOffsets(plan));
    const lost = plan.liveCandidate.lost + parked;
    // A difference accuses one of the two only where no other order explains it, and no state passes on what another lacks.
    const isTelling = isOrdered && namesOneKey(inputs.instance);
    // How many records lack is an estimate; here it is asked how many events there can be at most.
    const atMost = Math.max(lost, (figuresOf(plan).lostEvents ?? Infinity) + parked);
    const isLiveWrong = isTelling && differMoreThanLost(seen.differing.length, atMost);
    return choose(
      seen,
      rate,
      counts,
      { lost, errorPerStandIn: errorPerStandIn(plan.standInTrial ?? null) },
      isLiveWrong,
    );
  } finally {
    await inputs.close();
  }
}

/**
 * That known events named one key each does not say so of the lost ones: the worker must have no other. Of a process nobody knows.
 */
function namesOneKey(instance: OpenWorker): boolean {
  return 'worker' in instance && 'definition' in instance.worker && instance.worker.definition.key !== undefined;
}

function damagedOffsets({ segments }: Plan): number {
  return segments.reduce((sum, { damaged, from, to }) => sum + (damaged === true ? Number(to) - Number(from) : 0), 0);
}

interface SeenKeys {
  readonly reached: number;
  readonly same: number;
  readonly differing: readonly ReachedKey[];
  /** Keys that no hole reaches: there the rebuilt value tells how often the live one is wrong. */
  readonly whole: LiveErrorRate;
}

async function compareKeys(
  store: RunStore,
  instance: OpenWorker,
  rows: AsyncIterable<{ readonly key: string; readonly state: unknown }>,
  stateVersion: number,
  reach: HoleReach,
  counts: KeyEventCounts,
): Promise<SeenKeys> {
  const differing: ReachedKey[] = [];
  let reached = 0;
  let same = 0;
  let wrongKeys = 0;
  let keyEvents = 0;
  await compareStates(store, instance, rows, stateVersion, {
    visit({ key, derived, recorded }) {
      if (!reach.has(key)) {
        if (derived !== recorded) wrongKeys++;
        keyEvents += counts.of(key).eventsSinceOnset;
        return;
      }
      // A key without a row of the run's is kept as it is: there is nothing to choose.
      if (store.state(key) === undefined) return;
      reached++;
      if (derived === recorded) same++;
      else differing.push({ key, hasLive: recorded !== null, hasRebuilt: derived !== null });
    },
  });
  return { reached, same, differing, whole: { wrongKeys, events: Math.round(keyEvents / keysPerEvent(counts)) } };
}

/** A handful of events shows nothing. */
const eventsToMeasure = 100;

function rateOf(rate: LiveErrorRate): LiveErrorRate | null {
  return rate.events < eventsToMeasure ? null : rate;
}

/** @param isLiveWrong the two values of most keys differ by the fault of the live state, however often it is wrong */
function choose(
  seen: SeenKeys,
  rate: LiveErrorRate | null,
  counts: KeyEventCounts,
  ofPlan: Pick<LostEvents, 'lost' | 'errorPerStandIn'>,
  isLiveWrong: boolean,
): ChosenCandidates {
  const all: LostEvents = {
    ...ofPlan,
    keyEvents: counts.keyEvents,
    keys: Math.max(counts.keys, seen.reached),
    keysPerEvent: keysPerEvent(counts),
    liveErrorPerEvent: rate === null ? null : errorPerKeyEvent(rate, counts),
  };
  const fromLive = new Set<string>();
  const wrong = { rebuilt: 0, live: 0, chosen: 0 };
  for (const { key, hasLive } of seen.differing) {
    const errors = expectedErrors(counts.of(key), all);
    const chosen = hasLive ? betterCandidate(errors, isLiveWrong) : 'rebuilt';
    if (chosen === 'live') fromLive.add(key);
    wrong.rebuilt += errors.rebuilt;
    wrong.live += errors.live ?? 0;
    wrong.chosen += chosen === 'live' ? (errors.live ?? 0) : errors.rebuilt;
  }
  return {
    fromLive,
    choice: {
      reached: seen.reached,
      same: seen.same,
      fromLive: fromLive.size,
      onlyRebuilt: seen.differing.filter(({ hasLive }) => !hasLive).length,
      errorRate: rate,
      expectedWrong:
        rate === null ? { ...wrong, live: null, chosen: fromLive.size === 0 ? wrong.rebuilt : null } : wrong,
    },
  };
}
