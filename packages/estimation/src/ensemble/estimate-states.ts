import type { Fidelity, IncidentInputs, LongWork, Position } from '@eventmend/core';
import {
  adoptReplayInputs,
  completeInputs,
  coverPartitions,
  fidelityOf,
  lostOf,
  migrateState,
  prepareInputs,
  targetOfPlan,
  type ControlTotal,
  type OpenWorker,
  type PreparedInputs,
  type ReplayGap,
  type TargetRequest,
} from '@eventmend/core/engine';
import { chooseBaseline, type ChosenBaseline, type EnsembleBaseline } from './choose-baseline.js';
import { chooseDonors, fewestDonors, type GapCluster } from './choose-donors.js';
import { conditionOnTotal, conditionPart, type Conditioning } from './condition-on-total.js';
import { basisOfEstimate } from './basis-of-estimate.js';
import {
  estimatedStates,
  representativeMember,
  type EstimatedGapEvent,
  type EstimatedStates,
  type FinishedEnsemble,
  type GapFidelity,
  type StatesEstimate,
} from './estimated-states.js';
import { fillGaps } from './fill-gaps.js';
import { MeasureFollower, type FollowedMoment } from './follow-measures.js';
import {
  locateGaps,
  lostByPartition,
  readTimes,
  type LocatedGaps,
  type PartitionTimes,
  type TimeSpan,
} from './locate-gaps.js';
import { quantityOfMembers } from './member-intervals.js';
import { MemberMeasures } from './member-measures.js';
import { MemberStates } from './member-states.js';
import { openWalks, walkWhole } from './walk-logs.js';
import { runEnsemble, type FilledGap } from './run-ensemble.js';
import { estimatedEvent } from './synthetic-event.js';
import type { StatesRefusal } from './states-refusal.js';

export interface StatesOptions {
  /** At least so many members, 200 by default: rounded up to the same number for each donor. */
  readonly members?: number;
  /** 1 by default. */
  readonly seed?: number;
  /** The end of the log, or of what the live service has read, by default. */
  readonly target?: TargetRequest;
  /** `auto`, the default, `genesis` or the id of a snapshot. */
  readonly baseline?: string;
}

/** The largest share of drawn events that the worker may refuse. */
const mostFailures = 0.05;

/**
 * Estimates the states behind lost events through the worker itself: for each gap whole paths of events are drawn from stretches of
 * the history, as many events as offsets are lost, the worker is run over each, and all members are carried on through the known
 * events behind the gap. Nothing of it is called exact, also not of keys that no member reaches. The states of all members are held
 * in memory, and so are the events of the donors; the worker runs in this thread, where an endless loop is not ended. Writes
 * nothing but proofs of snapshots into the store.
 * @param incident what `openIncident` gives, or what a program has: a worker, logs and snapshots
 * @throws RecoveryError what opening and reading throw, and the worker for a known event under the policy `stop`
 */
export async function estimateStates(
  incident: IncidentInputs,
  options: StatesOptions = {},
  work: LongWork = {},
): Promise<StatesEstimate> {
  const prepared = await prepareInputs(completeInputs(incident));
  try {
    const result = await estimatePrepared(prepared, options, work);
    return result.status === 'refused' ? result : result.estimate;
  } finally {
    prepared.close();
  }
}

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
  const { position: target } = await targetOfPlan(inputs, request, work);
  const chosen = await chooseBaseline(inputs, target, wantedBaseline, depth, work);
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

/** The same over inputs that are prepared already. */
export async function estimatePrepared(
  inputs: PreparedInputs,
  options: StatesOptions,
  work: LongWork,
): Promise<PreparedEstimate> {
  const found = await findDonors(inputs, options, 'prove', work);
  if ('code' in found) return refuse(found);
  const estimate = await estimateFrom(found, options, work);
  return estimate.status === 'refused' ? estimate : { status: 'estimated', estimate, chosen: found.chosen };
}

/** An estimate, with what was found out about the state that it begins at. */
export type PreparedEstimate =
  | { readonly status: 'estimated'; readonly estimate: EstimatedStates; readonly chosen: ChosenBaseline }
  | Extract<StatesEstimate, { readonly status: 'refused' }>;

async function estimateFrom(
  { target, chosen, located, clusters, history }: GapsWithDonors,
  { members = 200, seed = 1, target: request }: StatesOptions,
  work: LongWork,
): Promise<StatesEstimate> {
  const { prepared, baseline, workerCheck } = chosen;
  const { situation, survey, recorded } = prepared;
  const inputs = await adoptReplayInputs(
    survey.logs.map(({ log }) => log),
    situation.worker,
    situation.references,
    recorded,
    situation.tuning?.eventTimeoutMs,
  );
  const worker = inputs.instance;
  try {
    const filled = await fillGaps(prepared, clusters, worker, members, seed, work);
    if ('code' in filled) return refuse(filled);
    const states = new MemberStates(filled.members, await statesOf(prepared, baseline, worker));
    const walks = await openWalks(prepared, baseline.position, target);
    try {
      const begin = Math.max(history.from, baseline.snapshot?.takenAt ?? -Infinity);
      const measures = new MemberMeasures({ states, worker });
      const follower = new MeasureFollower(measures, spanOf(located), { ...history, from: begin });
      const run = { walks, worker, poison: situation.poison, gaps: filled.gaps, seed, follower };
      const counts = await runEnsemble(run, states, work);
      if (counts.failed > mostFailures * counts.drawn) {
        return refuse({ code: 'draws-fail', failed: counts.failed, drawn: counts.drawn });
      }
      const ofGaps = clusters.flatMap(({ gaps, phase, shifts }) =>
        gaps.map((gap) => ({ ...gap, phase, donors: shifts.length })),
      );
      const filledAs: GapFidelity = located.gaps.every(({ isBounded }) => isBounded) ? 'interpolated' : 'extrapolated';
      const fidelity = fidelityBehindGaps(baseline, filledAs, workerCheck);
      const ensemble = { states, worker, donors: filled.donors, fidelity, measures, history, moments: follower.seen() };
      const known = { ...{ baseline, seed, counts, fidelity, filledAs }, gaps: ofGaps };
      return summarise(prepared, ensemble, filled.gaps, known, request?.kind === 'time' ? request.time : null);
    } finally {
      for (const walk of walks) walk.close();
    }
  } finally {
    await inputs.close();
  }
}

/** Of every value: a drawn event may name any key. */
export function fidelityBehindGaps(
  { basis }: Pick<EnsembleBaseline, 'basis'>,
  filledAs: GapFidelity,
  workerCheck: ChosenBaseline['workerCheck'],
): Fidelity {
  const hole = { kind: 'hole', topic: '', partition: 0, reason: filledAs } as const;
  return fidelityOf([{ kind: 'baseline', part: 0, basis }, hole], workerCheck);
}

function refuse(reason: StatesRefusal): Extract<StatesEstimate, { readonly status: 'refused' }> {
  return { status: 'refused', reason };
}

/** An ensemble that was run, and what was seen on the way. */
interface FollowedEnsemble extends FinishedEnsemble {
  readonly measures: MemberMeasures;
  readonly history: TimeSpan;
  readonly moments: readonly FollowedMoment[];
}

function summarise(
  { situation }: PreparedInputs,
  ensemble: FollowedEnsemble,
  filled: readonly FilledGap[],
  known: Pick<EstimatedStates, 'baseline' | 'seed' | 'counts' | 'fidelity' | 'filledAs' | 'gaps'>,
  targetTime: number | null,
): StatesEstimate {
  const { states, donors, measures, history, moments } = ensemble;
  const conditionings = new Map<string, Conditioning>();
  const sums = measures.names.map((name) => ({ name, values: measures.sums(name) }));
  const ofTarget = (situation.totals ?? []).filter(({ at }) => at === null || at === targetTime);
  const kept = new Map<string, number>();
  for (const { measure, value, within, keys } of ofTarget) {
    // A total of some keys says nothing of the sum over all.
    if (within > 0 || keys !== undefined || kept.get(measure) === value) continue;
    const { values } = sums.find(({ name }) => name === measure)!;
    const conditioning = kept.has(measure) ? null : conditionOnTotal(values, value);
    if (conditioning === null) {
      const { estimate, standardDeviation } = quantityOfMembers(values, donors);
      return refuse({ code: 'contradicting-total', measure, total: value, estimate, standardDeviation });
    }
    kept.set(measure, value);
    conditionings.set(measure, conditioning);
  }
  const conditioned = (name: string, values: Float64Array): Float64Array => {
    const conditioning = conditionings.get(name);
    return conditioning === undefined ? values : conditionPart(values, conditioning);
  };
  const quantities = sums.map(
    ({ name, values }) => [name, quantityOfMembers(conditioned(name, values), donors)] as const,
  );
  const bySum = new Map(quantities);
  const foundOf = ({ measure, keys }: ControlTotal): number =>
    keys === undefined
      ? bySum.get(measure)!.estimate
      : quantityOfMembers(conditioned(measure, measures.sums(measure, [...new Set(keys)].sort())), donors).estimate;
  const member = representativeMember(
    sums.map(({ name, values }) => ({ values, wanted: bySum.get(name)!.estimate })),
    states.size,
  );
  return {
    status: 'estimated',
    ...known,
    members: states.size,
    keys: { all: states.keys().length, reached: states.apart().size },
    sums: Object.fromEntries(quantities),
    totals: ofTarget.map((total) => ({ total, found: foundOf(total) })),
    states: () => estimatedStates(ensemble, measures, conditionings, member),
    basis: () => basisOfEstimate(known, history, measures, moments, conditionings, donors),
    events: () => eventsOf(filled, member),
  };
}

function* eventsOf(filled: readonly FilledGap[], member: number): Iterable<EstimatedGapEvent> {
  for (const { gap, paths } of filled) {
    for (const { event, time } of paths[member]!) {
      yield { gap: gap.offsets, event: estimatedEvent(event, gap.offsets.topic, time) };
    }
  }
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

function spanOf({ gaps }: Pick<GapCluster, 'gaps'>): TimeSpan {
  return {
    from: gaps.reduce((least, { from }) => Math.min(least, from), Infinity),
    to: gaps.reduce((most, { to }) => Math.max(most, to), -Infinity),
  };
}

async function statesOf(
  { situation }: PreparedInputs,
  { snapshot }: EnsembleBaseline,
  { worker }: OpenWorker,
): Promise<Map<string, unknown>> {
  const states = new Map<string, unknown>();
  if (snapshot === null || situation.snapshots === null) return states;
  for await (const { key, state } of situation.snapshots.rows(snapshot.id)) {
    states.set(key, migrateState(worker, state, snapshot.stateVersion, key));
  }
  return states;
}
