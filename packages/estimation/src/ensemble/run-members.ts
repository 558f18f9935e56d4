import type { SnapshotSource } from '@eventmend/core';
import {
  migrateState,
  type ControlTotal,
  type OpenWorker,
  type ReplayInputs,
  type ReplaySpec,
  type RunControl,
} from '@eventmend/core/engine';
import type { GapCluster } from './choose-donors.js';
import type { EstimatedGapEvent } from './estimated-states.js';
import { MemberMeasures } from './member-measures.js';
import { fillGaps } from './fill-gaps.js';
import { MeasureFollower, type FollowedMoment } from './follow-measures.js';
import { gapWatch } from './gap-watch.js';
import { holdTotals, type HeldMembers } from './hold-totals.js';
import type { TimeSpan } from './locate-gaps.js';
import { MemberStates } from './member-states.js';
import { runEnsemble, type EnsembleCounts, type FilledGap } from './run-ensemble.js';
import type { StatesRefusal } from './states-refusal.js';
import { estimatedEvent } from './synthetic-event.js';
import { openWalks } from './walk-logs.js';

/** What to run, as plain data that a thread can be given. */
export interface MembersRequest {
  /** Everything that the logs hold. */
  readonly history: ReplaySpec;
  /** From the baseline to the target. */
  readonly run: ReplaySpec;
  readonly clusters: readonly GapCluster[];
  /** At least so many. */
  readonly members: number;
  readonly seed: number;
  /** The measures are followed around the gap, as far as the history reaches. */
  readonly followed: { readonly gap: TimeSpan; readonly history: TimeSpan };
  /** Null for the beginning of the log. */
  readonly baseline: { readonly id: string; readonly stateVersion: number } | null;
  /** Those of the target. */
  readonly totals: readonly ControlTotal[];
}

/** What came of it, as plain data that a thread can hand back. */
export interface MembersRun extends HeldMembers {
  readonly status: 'run';
  readonly members: number;
  /** How many different donors the members come from. */
  readonly donors: number;
  readonly counts: EnsembleCounts;
  /** What the measures came to on the way. */
  readonly moments: readonly FollowedMoment[];
  /** States that all members share, and those of the others by member. */
  readonly shared: Map<string, unknown>;
  readonly apart: Map<string, unknown[]>;
  /** What the representative member has in each gap, in the order of the gaps and then of the times. */
  readonly events: readonly EstimatedGapEvent[];
}

export type MembersOutcome = MembersRun | { readonly status: 'refused'; readonly reason: StatesRefusal };

/** The largest share of drawn events that the worker may refuse. */
const mostFailures = 0.05;

/**
 * Draws the paths of all members, carries the members through the events, and holds their sums against what is known of these.
 * @returns null when it was stopped
 * @throws RecoveryError what reading throws, and the worker for a known event under the policy `stop`
 */
export async function runMembers(
  request: MembersRequest,
  inputs: ReplayInputs,
  snapshots: SnapshotSource | null,
  control: RunControl,
): Promise<MembersOutcome | null> {
  const { history, run, clusters, baseline, seed, totals } = request;
  const { instance: worker } = inputs;
  const watch = gapWatch(run, control);
  const filled = await fillGaps(history, clusters, inputs, request, watch.enterGap);
  if ('code' in filled) return { status: 'refused', reason: filled };
  const { members, donors } = filled;
  const states = new MemberStates(members, await statesOf(baseline, snapshots, worker));
  const walks = await openWalks(run, inputs);
  try {
    const measures = new MemberMeasures({ states, worker });
    const follower = new MeasureFollower(measures, request.followed.gap, request.followed.history);
    const counts = await runEnsemble(
      { walks, worker, poison: run.poison, gaps: filled.gaps, seed, follower },
      states,
      watch,
    );
    if (counts === null) return null;
    const { drawn, failed } = counts;
    if (failed > mostFailures * drawn) return { status: 'refused', reason: { code: 'draws-fail', failed, drawn } };
    const held = holdTotals(measures, donors, members, totals);
    if ('code' in held) return { status: 'refused', reason: held };
    return {
      ...{ status: 'run', members, donors, counts, moments: follower.seen(), ...held },
      ...{ shared: states.shared(), apart: states.apart(), events: eventsOf(filled.gaps, held.representative) },
    };
  } finally {
    for (const walk of walks) walk.close();
  }
}

function eventsOf(filled: readonly FilledGap[], member: number): readonly EstimatedGapEvent[] {
  return filled.flatMap(({ gap, paths }) =>
    paths[member]!.map(({ event, time }) => ({
      gap: gap.offsets,
      event: estimatedEvent(event, gap.offsets.topic, time),
    })),
  );
}

async function statesOf(
  baseline: MembersRequest['baseline'],
  snapshots: SnapshotSource | null,
  { worker }: OpenWorker,
): Promise<Map<string, unknown>> {
  const states = new Map<string, unknown>();
  if (baseline === null || snapshots === null) return states;
  for await (const { key, state } of snapshots.rows(baseline.id)) {
    states.set(key, migrateState(worker, state, baseline.stateVersion, key));
  }
  return states;
}
