import type { LongWork, Position } from '@eventmend/core';
import { coverPartitions, lostOf, targetOfPlan, type PreparedInputs, type ReplayGap } from '@eventmend/core/engine';
import { chooseBaseline, type ChosenBaseline } from './choose-baseline.js';
import { chooseDonors, fewestDonors, type GapCluster } from './choose-donors.js';
import {
  locateGaps,
  lostByPartition,
  readTimes,
  type LocatedGaps,
  type PartitionTimes,
  type TimeSpan,
} from './locate-gaps.js';
import type { StatesOptions } from './states-options.js';
import type { StatesRefusal } from './states-refusal.js';
import { walkWhole } from './walk-logs.js';

/** Where events are lost, and what stands in for them. */
export interface GapsWithDonors {
  readonly target: Position;
  readonly chosen: ChosenBaseline;
  readonly located: LocatedGaps;
  readonly clusters: readonly GapCluster[];
  /** From the first to the last known event. */
  readonly history: TimeSpan;
}

/** What is lost between the best baseline and the target, without reading an event. */
export async function findLost(
  inputs: PreparedInputs,
  { target: request, baseline: wantedBaseline = 'auto' }: StatesOptions,
  depth: 'prove' | 'recorded-proofs',
  work: LongWork,
): Promise<Pick<GapsWithDonors, 'target' | 'chosen'> & { readonly wanted: readonly ReplayGap[] }> {
  const resolved = await targetOfPlan(inputs, request, work);
  const { position: target } = resolved;
  const chosen = await chooseBaseline(inputs, resolved, wantedBaseline, depth, work);
  const { baseline, prepared } = chosen;
  return { target, chosen, wanted: lostOf(coverPartitions(prepared.survey, baseline.position, target)) };
}

/** Finds the gaps and their donors by the times of all events that the logs hold; the worker is not run for it. */
export async function findDonors(
  inputs: PreparedInputs,
  options: StatesOptions,
  depth: 'prove' | 'recorded-proofs',
  work: LongWork,
): Promise<GapsWithDonors | StatesRefusal> {
  const { target: request } = options;
  const { target, chosen, wanted } = await findLost(inputs, options, depth, work);
  const { baseline, prepared } = chosen;
  const { situation } = prepared;
  if (wanted.length === 0) return { code: 'nothing-lost' };
  const times = await readHistory(prepared, work);
  const history = historyOf(times);
  const end = Math.max(
    history.to,
    (await situation.live?.list())?.snapshots[0]?.takenAt ?? -Infinity,
    request?.kind === 'time' ? request.time : -Infinity,
  );
  const located = locateGaps(wanted, times, { baseline: baseline.snapshot?.takenAt ?? null, end });
  if (located.unplaced.length > 0) return { code: 'unplaced-gap', gaps: located.unplaced };
  const clusters = chooseDonors(located.gaps, located.unknown, history);
  const poor = clusters.find(({ shifts }) => shifts.length < fewestDonors);
  if (poor === undefined) return { target, chosen, located, clusters, history };
  return { code: 'too-few-donors', span: spanOf(poor), donors: poor.shifts.length, needed: fewestDonors };
}

async function readHistory(prepared: PreparedInputs, work: LongWork): Promise<ReadonlyMap<string, PartitionTimes>> {
  const lost = lostByPartition(coverPartitions(prepared.survey, [], []));
  const times = new Map<string, PartitionTimes>();
  await walkWhole(prepared, work, async (walk, partition) => {
    times.set(partition, await readTimes(walk, lost.get(partition) ?? []));
  });
  return times;
}

function historyOf(times: ReadonlyMap<string, PartitionTimes>): TimeSpan {
  const known = [...times.values()].flatMap((partition) => partition.known ?? []);
  return {
    from: known.reduce((least, { from }) => Math.min(least, from), Infinity),
    to: known.reduce((most, { to }) => Math.max(most, to), -Infinity),
  };
}

export function spanOf({ gaps }: Pick<GapCluster, 'gaps'>): TimeSpan {
  return {
    from: gaps.reduce((least, { from }) => Math.min(least, from), Infinity),
    to: gaps.reduce((most, { to }) => Math.max(most, to), -Infinity),
  };
}
