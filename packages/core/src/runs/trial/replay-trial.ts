import type { FactJudge } from '../../engine/fold/fact-judge.js';
import type { LaneObserver } from '../../engine/fold/lane-observer.js';
import { openLane } from '../../engine/replay/open-lane.js';
import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import { lanesOf, type ReplaySpec, type RunTuning } from '../../engine/spec/replay-spec.js';
import { createMemoryRunStore } from '../../engine/store/memory-run-store.js';
import type { ForcedQuarantine, RunStore } from '../../engine/store/run-store.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import type { Plan } from '../../model/plan/plan.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { baselineOfPlan } from '../executor/baseline-of-plan.js';

/** A way through the logs that is tried in memory before anything is decided. Plain data. */
export interface TrialReplay {
  readonly spec: ReplaySpec;
  readonly baseline: Plan['baseline'];
  readonly forced: readonly ForcedQuarantine[];
  readonly tuning: RunTuning;
}

/** Who looks on while it is replayed. */
interface TrialWatch {
  readonly observer?: LaneObserver;
  readonly factJudge?: FactJudge;
  /** What becomes of a partition that is at its target while others are not; see `Lane.runUntil`. */
  readonly atTarget: 'stop' | 'hold';
}

/** The states at the end of a trial. */
export interface ReplayedTrial {
  readonly store: RunStore;
  readonly isInterrupted: boolean;
}

/** Replays a trial in memory. */
export async function replayTrial(
  { spec, baseline, forced, tuning }: TrialReplay,
  { logs, instance, recorded }: ReplayInputs,
  snapshots: SnapshotSource | null,
  control: RunControl,
  { atTarget, ...watch }: TrialWatch,
): Promise<ReplayedTrial> {
  const store = createMemoryRunStore({ comparesOnly: true });
  await store.writeBaseline(baselineOfPlan({ baseline }, snapshots, instance.worker));
  for (const endless of forced) store.forceQuarantine(endless);
  const replay = { spec, logs, recorded, instance, store, tuning, control, ...watch };
  for (const { lane } of lanesOf(spec)) {
    const { runner, targets } = openLane(replay, lane);
    try {
      if ((await runner.runUntil(targets, atTarget)) === 'interrupted') return { store, isInterrupted: true };
    } finally {
      runner.close();
    }
  }
  return { store, isInterrupted: false };
}
