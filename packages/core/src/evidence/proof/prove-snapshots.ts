import { baselineRows } from '../../engine/replay/baseline-rows.js';
import { createMemoryRunStore, type MemoryRunStore } from '../../engine/store/memory-run-store.js';
import { lanesOf, type ReplaySpec, type RunTuning } from '../../engine/spec/replay-spec.js';
import { openLane, type OpenReplay } from '../../engine/replay/open-lane.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { ForcedQuarantine, RunStore } from '../../engine/store/run-store.js';
import type { LaneObserver } from '../../engine/fold/lane-observer.js';
import type { LaneStop } from '../../engine/fold/lane.js';
import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import type { CheckCoverage } from '../check-coverage/check-coverage.js';
import type { CoverageObserver } from '../check-coverage/coverage-observer.js';
import { compareStates, type ComparedState, type StateComparison } from '../compare/compare-states.js';
import { connectWhileReplaying, observeBoth } from '../order/connect-while-replaying.js';
import { holeReach, type HoleReach } from './hole-reach.js';
import { OrderIndependentKeys } from '../order/order-independent-keys.js';
import { orderMayMatter } from '../order/order-may-matter.js';

/** A snapshot to compare at an exclusive end offset by partition of the spec. */
export interface SnapshotCut {
  readonly id: string;
  readonly ends: readonly number[];
  readonly stateVersion: number;
}

/** The snapshot that a proof begins at, where it does not begin at the beginning of the log. */
export interface ProofRoot {
  readonly id: string;
  readonly stateVersion: number;
}

/** What the replay found at one cut. */
export interface CutFinding {
  readonly id: string;
  /** `behind`: the replay had passed its position in a partition when an earlier snapshot was compared. */
  readonly stop: 'reached' | 'off-path' | 'behind';
  /** Null where the position was not reached, and where nothing could be told of any key. */
  readonly comparison: StateComparison | null;
  /** State of the order at the cut, by partition of the spec. */
  readonly order: readonly OrderAtCut[];
  /** Events applied up to the cut, and events that were parked instead. */
  readonly applied: number;
  readonly quarantined: number;
  /** What was exercised up to the cut on keys that it compared; absent where nobody looked on. */
  readonly covered?: CheckCoverage;
  /** The latest clock of an event up to the cut. */
  readonly seenUntil?: number | null;
  /** What a hole, or an event that was parked, may have touched; absent where nothing did. */
  readonly reached?: ReachedKeys;
}

/** Of the compared keys those that a hole or a parked event before the cut can reach. */
interface ReachedKeys {
  readonly keys: number;
  /** Of these: keys that differ. */
  readonly differing: number;
  /** It may have named keys that nobody knows, which neither the replay nor the snapshot has. */
  readonly unnamed: boolean;
}

export interface OrderAtCut {
  readonly watermark: number | null;
  readonly clock: number | null;
}

/** What a proof replays, and through which positions. */
export interface Proof {
  readonly spec: ReplaySpec;
  readonly root: ProofRoot | null;
  /** Events that did not end in an earlier attempt. */
  readonly forced: readonly ForcedQuarantine[];
  /** The earliest first. */
  readonly cuts: readonly SnapshotCut[];
  readonly tuning: RunTuning;
}

/** What else is done on the way of a proof. */
export interface ProofCompany {
  readonly observer?: LaneObserver;
  /** Looks on too, and is asked at each cut. */
  readonly coverage?: CoverageObserver;
  /** Fields that the worker's `normalise` drops are noted there. */
  readonly dropped?: Set<string>;
  /** Called for each key that is compared at a cut. */
  readonly visit?: (cut: SnapshotCut, compared: ComparedState, stop: 'reached' | 'off-path') => void;
  /** Called when all keys of a cut were compared. */
  readonly passed?: (cut: SnapshotCut, stop: 'reached' | 'off-path') => void;
  /** Where to go on to behind the last cut, by partition of the spec. */
  readonly until?: readonly number[];
  /** Called at the end, unless the replay was interrupted. */
  readonly ended?: (end: ProofEnd) => void;
}

/** How things stand at the end of a proof. */
interface ProofEnd extends Pick<CutFinding, 'applied' | 'quarantined'> {
  /** For which keys no permissible order of the partitions, and no hole, explains a difference. */
  readonly isDetermined: (key: string) => boolean;
}

/**
 * Replays from the root through the positions of snapshots, the earliest first, and compares the states at each. Where the
 * order does not pass through a position, a branch of the replay is led there in another permissible order, which is good
 * for the keys that depend on no order; the replay itself goes on to the next.
 */
export async function proveSnapshots(
  { spec, root, forced, cuts, tuning }: Proof,
  inputs: ReplayInputs,
  rowsOf: (id: string) => AsyncIterable<SnapshotRow>,
  control: RunControl,
  company: ProofCompany = {},
): Promise<readonly CutFinding[]> {
  const store = createMemoryRunStore({ comparesOnly: true });
  const { logs, instance, recorded } = inputs;
  await store.writeBaseline(root === null ? [] : baselineRows(rowsOf(root.id), instance.worker, root.stateVersion, 0));
  for (const endless of forced) store.forceQuarantine(endless);
  const independent = independentKeys(spec, instance);
  const observer = observeBoth(
    independent === null ? null : connectWhileReplaying(independent, spec.partitions),
    observeBoth(company.coverage ?? null, company.observer ?? null),
  );
  const common = { spec, logs, recorded, instance, tuning, control };
  const replay: OpenReplay = { ...common, store, ...(observer === null ? {} : { observer }) };
  const lanes = lanesOf(spec).map(({ lane, partitions }) => ({
    runner: openLane(replay, lane).runner,
    places: partitions.map((partition) => spec.partitions.indexOf(partition)),
  }));
  const compare = async (
    cut: SnapshotCut,
    stop: 'reached' | 'off-path',
    at: RunStore,
    isDetermined: (key: string) => boolean,
  ): Promise<Pick<CutFinding, 'comparison' | 'reached' | 'covered' | 'seenUntil'>> => {
    const { coverage } = company;
    coverage?.endStretch();
    const reach = holeReach(spec, at);
    const reached = { keys: 0, differing: 0, unnamed: reach.unnamed };
    const visit = (compared: ComparedState): void => {
      if (reach.has(compared.key)) {
        reached.keys++;
        if (compared.derived !== compared.recorded) reached.differing++;
      }
      company.visit?.(cut, compared, stop);
    };
    const options = {
      isDetermined: unlessReached(isDetermined, reach),
      visit,
      ...(company.dropped === undefined ? {} : { dropped: company.dropped }),
    };
    const comparison = await compareStates(at, instance, rowsOf(cut.id), cut.stateVersion, options);
    company.passed?.(cut, stop);
    const isReached = reach.any ? (key: string): boolean => reach.has(key) : null;
    const looked = coverage && { covered: coverage.covered(isReached), seenUntil: coverage.seenUntil };
    return { comparison, ...((reached.keys > 0 || reached.unnamed) && { reached }), ...looked };
  };
  const runAllTo = async (ends: readonly number[]): Promise<LaneStop> => {
    let all: LaneStop = 'reached';
    for (const { runner, places } of lanes) {
      // An event has run its code by the time that it is observed.
      company.coverage?.endStretch();
      const stop = await runner.runUntil(places.map((place) => ends[place] ?? 0));
      if (stop === 'interrupted') return stop;
      if (stop === 'off-path') all = stop;
    }
    return all;
  };
  const findings: CutFinding[] = [];
  try {
    for (const cut of cuts) {
      if (isBehind(spec, store, cut)) {
        findings.push({ id: cut.id, stop: 'behind', comparison: null, ...standingAt(spec, store) });
        continue;
      }
      const stop = await runAllTo(cut.ends);
      if (stop === 'interrupted') return findings;
      let compared: Partial<CutFinding> & Pick<CutFinding, 'comparison'> = { comparison: null };
      if (stop === 'reached') compared = await compare(cut, stop, store, determinedBy(spec, independent));
      else if (independent !== null) {
        company.coverage?.endStretch();
        const branch = await branchTo(cut, common, store, independent);
        if (branch === 'interrupted') return findings;
        // What that ran, it ran in another order, and nobody looked for which keys.
        company.coverage?.forgetCode();
        compared = await compare(cut, stop, branch.store, determinedBy(spec, branch.independent));
      }
      findings.push({ id: cut.id, stop, ...compared, ...standingAt(spec, store) });
    }
    if (company.until !== undefined && (await runAllTo(company.until)) === 'interrupted') return findings;
    const isDetermined = unlessReached(determinedBy(spec, independent), holeReach(spec, store));
    company.ended?.({ isDetermined, ...standingAt(spec, store) });
    return findings;
  } finally {
    for (const { runner } of lanes) runner.close();
  }
}

/** Null where the order is determined anyway, and where a window of recent ids connects everything with everything. */
function independentKeys(spec: ReplaySpec, { worker }: WorkerBasis): OrderIndependentKeys | null {
  return orderMayMatter(spec.order, spec.locality) && worker.deduplicate === undefined
    ? new OrderIndependentKeys()
    : null;
}

function determinedBy(spec: ReplaySpec, independent: OrderIndependentKeys | null): (key: string) => boolean {
  if (!orderMayMatter(spec.order, spec.locality)) return () => true;
  return (key) => independent?.has(key) ?? false;
}

/** What a hole may have held explains any difference of a key that it can reach. */
function unlessReached(isDetermined: (key: string) => boolean, reach: HoleReach): (key: string) => boolean {
  return reach.any ? (key) => !reach.has(key) && isDetermined(key) : isDetermined;
}

interface Branch {
  readonly store: MemoryRunStore;
  readonly independent: OrderIndependentKeys;
}

/** Goes on from where the replay stands, on copies, to a position that its order does not pass through. */
async function branchTo(
  cut: SnapshotCut,
  replay: Omit<OpenReplay, 'store' | 'observer'>,
  from: MemoryRunStore,
  connected: OrderIndependentKeys,
): Promise<Branch | 'interrupted'> {
  const store = from.fork();
  const independent = new OrderIndependentKeys(connected);
  const observer = connectWhileReplaying(independent, replay.spec.partitions);
  const { runner } = openLane({ ...replay, store, observer }, 0);
  try {
    const stop = await runner.runUntil(cut.ends, 'hold');
    return stop === 'interrupted' ? stop : { store, independent };
  } finally {
    runner.close();
  }
}

/** True when the replay has passed the position in a partition already: positions need not rise in all of them alike. */
function isBehind(spec: ReplaySpec, store: RunStore, cut: SnapshotCut): boolean {
  const ends = new Map(spec.partitions.map(({ id }, place) => [partitionKey(id), cut.ends[place] ?? 0]));
  return lanesOf(spec).some(({ lane }) =>
    (store.lane(lane).head?.partitions ?? []).some((part) => part.next > (ends.get(partitionKey(part)) ?? 0)),
  );
}

function standingAt(spec: ReplaySpec, store: RunStore): Pick<CutFinding, 'order' | 'applied' | 'quarantined'> {
  const parts = new Map(
    lanesOf(spec).flatMap(({ lane }) =>
      (store.lane(lane).head?.partitions ?? []).map((part) => [partitionKey(part), part] as const),
    ),
  );
  let applied = 0;
  let quarantined = 0;
  for (const part of parts.values()) {
    applied += part.applied;
    quarantined += part.quarantined;
  }
  const order = spec.partitions.map(({ id }) => {
    const at = parts.get(partitionKey(id))?.order;
    return { watermark: finite(at?.watermark), clock: finite(at?.clock) };
  });
  return { applied, quarantined, order };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
