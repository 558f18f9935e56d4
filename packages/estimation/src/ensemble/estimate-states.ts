import type { Fidelity, IncidentInputs, LongWork } from '@eventmend/core';
import {
  adoptReplayInputs,
  completeInputs,
  fidelityOf,
  jobModule,
  prepareInputs,
  refuseInterrupted,
  runJob,
  specBetween,
  type OpenWorker,
  type PreparedInputs,
} from '@eventmend/core/engine';
import type { ChosenBaseline, EnsembleBaseline } from './choose-baseline.js';
import { basisOfEstimate } from './basis-of-estimate.js';
import ensembleJob from './ensemble-job.js';
import { estimatedStates, type EstimatedStates, type GapFidelity, type StatesEstimate } from './estimated-states.js';
import { findDonors, spanOf, type GapsWithDonors } from './find-donors.js';
import type { TimeSpan } from './locate-gaps.js';
import { MemberMeasures } from './member-measures.js';
import { MemberStates } from './member-states.js';
import type { MembersRequest, MembersRun } from './run-members.js';
import type { StatesOptions } from './states-options.js';
import type { StatesRefusal } from './states-refusal.js';
import { wholeSpec } from './walk-logs.js';

/**
 * Estimates the states behind lost events through the worker itself: for each gap whole paths of events are drawn from stretches of
 * the history, as many events as offsets are lost, the worker is run over each, and all members are carried on through the known
 * events behind the gap. Nothing of it is called exact, also not of keys that no member reaches. The states of all members are held
 * in memory, and so are the events of the donors. The worker runs in a thread of its own wherever all that it reads can be opened
 * there, so that an event that does not end is ended. Writes nothing but proofs of snapshots into the store.
 * @param incident what `openIncident` gives, or what a program has: a worker, logs and snapshots
 * @throws RecoveryError what opening and reading throw, and the worker for a known event under the policy `stop`;
 *   `worker-timeout` for an event that does not end; `interrupted`
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

/** An estimate, with what was found out about the state that it begins at. */
export type PreparedEstimate =
  | { readonly status: 'estimated'; readonly estimate: EstimatedStates; readonly chosen: ChosenBaseline }
  | Extract<StatesEstimate, { readonly status: 'refused' }>;

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

async function estimateFrom(
  { target, chosen, located, clusters, history }: GapsWithDonors,
  { members = 200, seed = 1, target: request }: StatesOptions,
  work: LongWork,
): Promise<StatesEstimate> {
  const { prepared, baseline, workerCheck } = chosen;
  const { situation } = prepared;
  const { snapshot } = baseline;
  const targetTime = request?.kind === 'time' ? request.time : null;
  const run = specBetween(prepared, baseline.position, target, 'genesis');
  const order: MembersRequest = {
    ...{ run, history: wholeSpec(prepared), clusters, members, seed },
    followed: {
      gap: spanOf(located),
      history: { ...history, from: Math.max(history.from, snapshot?.takenAt ?? -Infinity) },
    },
    baseline: snapshot === null ? null : { id: snapshot.id, stateVersion: snapshot.stateVersion },
    totals: (situation.totals ?? []).filter(({ at }) => at === null || at === targetTime),
  };
  const outcome = await runJob(
    prepared,
    {
      ...{ module: jobModule(import.meta.url, '#ensemble-job'), job: ensembleJob, request: () => order },
      sources: { snapshots: snapshot === null ? null : situation.snapshots },
      // An event that does not end may be one that was drawn, which nothing could park.
      spec: { partitions: run.partitions, locality: 'global', poison: 'stop' },
      phase: 'replay',
      total: run.partitions.reduce((sum, partition) => sum + partition.target - partition.next, 0),
    },
    work,
  );
  if (outcome === null) {
    refuseInterrupted(work.signal);
    throw new Error('nobody stopped the ensemble');
  }
  if (outcome.status === 'refused') return refuse(outcome.reason);
  const filledAs: GapFidelity = located.gaps.every(({ isBounded }) => isBounded) ? 'interpolated' : 'extrapolated';
  return finishedEstimate(outcome, await openMeasures(prepared), history, {
    ...{ baseline, seed, filledAs },
    gaps: clusters.flatMap(({ gaps, phase, shifts }) => gaps.map((gap) => ({ ...gap, phase, donors: shifts.length }))),
    fidelity: fidelityBehindGaps(baseline, filledAs, workerCheck),
  });
}

/** The measures of single keys are asked for where the states are read. */
async function openMeasures({ situation, recorded }: PreparedInputs): Promise<OpenWorker> {
  const inputs = await adoptReplayInputs([], situation.worker, situation.references, recorded);
  await inputs.close();
  return inputs.instance;
}

function finishedEstimate(
  { members, donors, counts, shared, apart, sums, totals, conditionings, representative, events, moments }: MembersRun,
  worker: OpenWorker,
  history: TimeSpan,
  known: Pick<EstimatedStates, 'baseline' | 'seed' | 'fidelity' | 'filledAs' | 'gaps'>,
): EstimatedStates {
  const states = new MemberStates(members, shared, apart);
  const ensemble = { states, worker, donors };
  const measures = new MemberMeasures(ensemble);
  return {
    ...{ status: 'estimated', ...known, members, counts, totals },
    keys: { all: states.keys().length, reached: states.apart().size },
    sums: Object.fromEntries(sums),
    states: () => estimatedStates(ensemble, measures, { fidelity: known.fidelity, conditionings, representative }),
    basis: () => basisOfEstimate({ ...known, counts }, history, measures, moments, conditionings, donors),
    measuresOf: (key, state) => measures.of(key, state),
    events: () => events,
  };
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
