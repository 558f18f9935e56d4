import { isRecoveryError, type Assessment, type LongWork } from '@eventmend/core';
import {
  actBeforeOf,
  endOf,
  placeByTime,
  examineSnapshots,
  prepareInputs,
  expectRun,
  refuseDamage,
  type PreparedInputs,
  type RecoveryInputs,
  eventsOf,
  isLogless,
  snapshotWarnings,
  infeasibleAssessment,
} from '@eventmend/core/engine';
import { wayOf } from '../plan/baseline-parts.js';
import { knownSearch } from '../plan/baseline-search.js';
import { chooseBaseline } from '../plan/choose-baseline.js';

/**
 * What a recovery from a checkpoint could bring back, from what is known without replaying. What is missing makes it
 * infeasible; only contradictions are errors.
 */
export async function assessCheckpoints(inputs: RecoveryInputs, work: LongWork): Promise<Assessment> {
  let prepared: PreparedInputs;
  try {
    prepared = await prepareInputs(inputs);
  } catch (error) {
    if (!isRecoveryError(error) || error.code !== 'log-changed') throw error;
    return infeasibleAssessment('checkpoint', error);
  }
  try {
    return await assessPrepared(prepared, work);
  } finally {
    prepared.close();
  }
}

async function assessPrepared(given: PreparedInputs, work: LongWork): Promise<Assessment> {
  const withPlaces = await placeByTime(given);
  const { prepared } = withPlaces;
  const { situation, facts, survey, snapshots } = prepared;
  const examination = await examineSnapshots(prepared, 'recorded-proofs', work);
  const end = endOf(survey);
  const target = { spec: { kind: 'end' }, position: end, surely: end, time: null } as const;
  const chosen = await chooseBaseline(withPlaces, examination, [], target, 'auto', knownSearch(withPlaces));
  const { newest, told } = chosen;
  const olderKeys = told.flatMap(({ older, wrong }) =>
    wrong === 0 ? [] : [{ newest: newest.snapshot?.id ?? '', older: older.snapshot?.id ?? null, wrong }],
  );
  const { cover, olderCovers } = wayOf(chosen, survey, end);
  const refusal = refusalOf(() => refuseDamage(survey, cover, situation.poison));
  // From the beginning of a log there is nothing that log-replay would not do better, unless records stand in for what is lost.
  const mayStandIn =
    newest.lost > 0 &&
    ((situation.records ?? []).some(({ event }) => event !== null) ||
      (isLogless(survey) && (situation.facts ?? []).length > 0));
  const feasible = (newest.snapshot !== null || mayStandIn) && refusal === null;
  const events = eventsOf([cover, ...olderCovers].flat());
  const { checked, reason } = examination.workerCheck;
  return {
    strategy: 'checkpoint',
    feasible,
    reason: feasible ? null : (refusal ?? { kind: newest.lost === 0 ? 'nothing-lost' : 'no-baseline' }),
    ...(newest.snapshot !== null && olderKeys.length > 0 && { olderKeys }),
    bringsBack: feasible ? { fidelity: fidelityOf(newest, checked), condition: null } : null,
    expectedLoss: lossOf(survey, newest),
    expectedDurationMs: expectRun(situation.store, facts.hash, events)?.durationMs ?? null,
    actBefore: actBeforeOf(survey),
    resources: [],
    workerCheck: {
      worker: { name: facts.worker.name, version: facts.worker.version },
      state: checked ? 'checked' : snapshots.candidates.length > 1 ? 'pending' : 'not-checked',
      reason,
    },
    // One without a position that its time does not place is told by the plan.
    warnings: snapshotWarnings(snapshots),
  };
}

function fidelityOf(
  { lost, basis }: { readonly lost: number; readonly basis: string },
  checked: boolean,
): 'incomplete' | 'unproven' | 'declared' | 'exact' {
  if (lost > 0) return 'incomplete';
  if (basis === 'unproven' || !checked) return 'unproven';
  return basis === 'declared' ? 'declared' : 'exact';
}

function lossOf(
  { partitions }: PreparedInputs['survey'],
  { lost }: { readonly lost: number },
): Assessment['expectedLoss'] {
  const openEnds = partitions.filter(({ openEnd }) => openEnd === true).length;
  return openEnds === 0 ? { kind: 'events', events: lost } : { kind: 'unknown', known: lost - openEnds };
}

function refusalOf(act: () => void): Assessment['reason'] {
  try {
    act();
    return null;
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return { kind: 'error', error: { code: error.code, message: error.message } };
  }
}
