import { RecoveryError, type LongWork, type Position } from '@eventmend/core';
import {
  placeOnLog,
  specBetween,
  type PreparedInputs,
  beginningOf,
  coverPartitions,
  lostOf,
  partitionKey,
  offsetsOf,
  jobModule,
  runJob,
} from '@eventmend/core/engine';
import type { StateCut } from './compare-through-cuts.js';
import explainStatesJob from './explain-states-job.js';
import type { NotComparedReason } from '../missing-evidence.js';
import { defaultLimits, type ExplanationLimits, type StateExplanations } from './state-explanations.js';

export interface ExplainStatesInput {
  readonly prepared: PreparedInputs;
  /** The last snapshot that is known to be right, and its position; null for the beginning of the log. */
  readonly start: { readonly id: string; readonly position: Position } | null;
  readonly limits?: Partial<ExplanationLimits>;
  /** Where given, only faults are told, those that name none of these keys; nothing else of the result means anything then. */
  readonly accused?: ReadonlySet<string>;
}

/**
 * Says what went wrong where only states survived: replays from the last right states through all later snapshots to
 * the live state, and looks for handlings of the events that lead to the recorded states. Writes nothing.
 * @throws RecoveryError `interrupted` when it was stopped, the error of the worker for a fault of it under the policy
 *   `stop`
 */
export async function explainStates(input: ExplainStatesInput, work: LongWork): Promise<StateExplanations> {
  const { prepared, start } = input;
  const { facts, survey } = prepared;
  if (start !== null && facts.worker.deduplicate !== undefined) {
    return nothingCompared({ kind: 'deduplication-window' });
  }
  const from = start?.position ?? beginningOf(survey);
  const cuts = await cutsBehind(prepared, from, start?.id ?? null);
  const last = cuts.at(-1);
  if (last === undefined) {
    return nothingCompared({ kind: 'no-later-states' });
  }
  const reached = from.map((part, place): Position[number] => ({ ...part, next: last.ends[place] ?? part.next }));
  const gaps = lostOf(coverPartitions(survey, from, reached));
  const isWhole = from.map((part) => !gaps.some((gap) => partitionKey(gap) === partitionKey(part)));
  if (gaps.length > 0 && !(facts.locality === 'partition' && isWhole.includes(true))) {
    return nothingCompared({ kind: 'gaps', gaps: gaps.slice(0, 3) });
  }
  // Where events touch keys of one partition only, what another one lacks is no reason to leave this one out.
  const ends = (of: readonly number[]): readonly number[] =>
    from.map(({ next }, place) => (isWhole[place] === true ? (of[place] ?? next) : next));
  const end = reached.map((part, place): Position[number] => ({ ...part, next: ends(last.ends)[place] ?? part.next }));
  const spec = specBetween(prepared, from, end, start === null ? 'genesis' : 'declared');
  const startVersion = prepared.snapshots.candidates.find(({ description }) => description.id === start?.id);
  const request = {
    spec,
    start: start === null ? null : { id: start.id, stateVersion: startVersion?.description.stateVersion ?? 1 },
    cuts: cuts.map((cut) => ({ ...cut, ends: ends(cut.ends) })),
    leavesOut: gaps.slice(0, 3),
    limits: { ...defaultLimits, ...input.limits },
    accused: input.accused === undefined ? null : [...input.accused],
  };
  const { snapshots, live } = prepared.situation;
  const explained = await runJob(
    prepared,
    {
      module: jobModule(import.meta.url, '#explain-states-job'),
      job: explainStatesJob,
      request: (forced) => ({ ...request, forced }),
      sources: { snapshots, live },
      spec,
      // Two replays; how many handlings are tried behind them, nobody knows before.
      phase: 'diagnose',
      total: 2 * offsetsOf(spec),
      phaseBehind: 'explain',
    },
    work,
  );
  if (explained === null || work.signal?.aborted === true) {
    throw new RecoveryError('interrupted', 'stopped before the states were explained', {
      hint: 'run the same command again',
    });
  }
  return explained;
}

/** All recorded states behind a position that can be reached one after the other, the earliest first. */
async function cutsBehind(
  { situation, snapshots, survey }: PreparedInputs,
  from: Position,
  start: string | null,
): Promise<readonly StateCut[]> {
  const all: (StateCut & { readonly reach: number })[] = snapshots.candidates.flatMap(({ description, position }) =>
    description.id === start ? [] : [cutOf('snapshots', description, position)],
  );
  const [described] = situation.live === null ? [] : (await situation.live.list()).snapshots;
  if (described !== undefined) {
    const placed = placeOnLog(described.position, survey);
    if (!('kind' in placed)) all.push(cutOf('live', described, placed));
  }
  all.sort((a, b) => a.reach - b.reach);
  const cuts: StateCut[] = [];
  let behind = from.map(({ next }) => next);
  for (const { reach: _, ...cut } of all) {
    const isBehind = cut.ends.every((end, place) => end >= (behind[place] ?? 0));
    if (!isBehind || cut.ends.every((end, place) => end === (behind[place] ?? 0))) continue;
    cuts.push(cut);
    behind = [...cut.ends];
  }
  return cuts;
}

function cutOf(
  from: StateCut['from'],
  { id, stateVersion }: { readonly id: string; readonly stateVersion: number },
  position: Position,
) {
  const ends = position.map(({ next }) => next);
  return { id, from, stateVersion, ends, reach: ends.reduce((sum, end) => sum + end, 0) };
}

function nothingCompared(reason: NotComparedReason): StateExplanations {
  return {
    notCompared: reason,
    compared: [],
    keys: { differing: 0, explained: 0, undetermined: 0, orderNotDetermined: 0, notLookedInto: 0 },
    faults: [],
    undetermined: [],
    systematic: [],
    differing: [],
  };
}
