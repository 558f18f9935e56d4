import { isRecoveryError, type Assessment, type LongWork } from '@eventmend/core';
import {
  actBeforeOf,
  beginningOf,
  endOf,
  infeasibleAssessment,
  isLogless,
  lostBetween,
  prepareInputs,
  expectRun,
  type AssessWork,
  type PreparedInputs,
  type RecoveryInputs,
} from '@eventmend/core/engine';
import { estimateWithoutLog } from '../copies/estimate-without-log.js';
import { fidelityBehindGaps } from '../ensemble/estimate-states.js';
import { findDonors, findLost } from '../ensemble/find-donors.js';
import { recallAssessment, rememberAssessment } from './assessment-note.js';

const name = 'estimation';

/**
 * What the strategy could do, without running the worker. Which stretches of the history may stand in for what is lost, only the
 * times of all events tell: they are read where that is asked for (`deep`), and what came of it is remembered for as long as
 * worker, incident and logs are the same.
 */
export async function assessEstimation(
  inputs: RecoveryInputs,
  { deep = false, ...work }: AssessWork,
): Promise<Assessment> {
  try {
    const prepared = await prepareInputs(inputs);
    try {
      if (isLogless(prepared.survey)) return await assessWithoutLog(prepared, deep, work);
      const { wanted } = await findLost(prepared, {}, 'recorded-proofs', work);
      if (wanted.length === 0) return refused('nothing-lost');
      if (!deep) return recallAssessment(prepared) ?? notChecked(prepared, wanted);
      const assessment = await assessDeeply(prepared, work);
      rememberAssessment(prepared, assessment);
      return assessment;
    } finally {
      prepared.close();
    }
  } catch (error) {
    if (!isRecoveryError(error) || error.code === 'interrupted') throw error;
    return infeasibleAssessment(name, error);
  }
}

/** Sums of the states of all copies take as long as reading them. */
async function assessWithoutLog(prepared: PreparedInputs, deep: boolean, work: LongWork): Promise<Assessment> {
  const { survey } = prepared;
  const openEnds = survey.partitions.filter(({ openEnd }) => openEnd === true).length;
  const lost = lostBetween(survey, beginningOf(survey), endOf(survey));
  const expectedLoss: Assessment['expectedLoss'] =
    openEnds === 0 ? { kind: 'events', events: lost } : { kind: 'unknown', known: lost - openEnds };
  if (!deep && prepared.situation.snapshots !== null) {
    return { ...refused('no-copies'), reason: { kind: 'not-checked' }, expectedLoss };
  }
  const found = await estimateWithoutLog(prepared, undefined, 'auto', work);
  if ('refused' in found) return refused(found.refused);
  const bringsBack = { fidelity: 'incomplete', condition: null } as const;
  return { ...refused('no-copies'), feasible: true, reason: null, bringsBack, expectedLoss };
}

async function assessDeeply(prepared: PreparedInputs, work: AssessWork): Promise<Assessment> {
  const found = await findDonors(prepared, {}, 'recorded-proofs', work);
  if ('code' in found) return refused(found.code);
  const lost = found.located.gaps.reduce((sum, { offsets: { from, to } }) => sum + to - from, 0);
  const filledAs = found.located.gaps.every((gap) => gap.isBounded) ? 'interpolated' : 'extrapolated';
  const { baseline, workerCheck } = found.chosen;
  const known = prepared.survey.partitions.reduce((sum, { from, end }) => sum + end - from, 0);
  const members = Math.min(...found.clusters.map(({ shifts }) => shifts.length));
  return {
    strategy: name,
    feasible: true,
    reason: null,
    bringsBack: { fidelity: fidelityBehindGaps(baseline, filledAs, workerCheck), condition: null },
    expectedLoss: { kind: 'events', events: lost },
    expectedDurationMs: expectRun(prepared.situation.store, prepared.facts.hash, known * members)?.durationMs ?? null,
    actBefore: actBeforeOf(prepared.survey),
    resources: [],
    workerCheck: null,
    warnings: [],
  };
}

function notChecked(
  prepared: PreparedInputs,
  wanted: readonly { readonly from: number; readonly to: number }[],
): Assessment {
  return {
    ...refused('nothing-lost'),
    reason: { kind: 'not-checked' },
    expectedLoss: { kind: 'events', events: wanted.reduce((sum, { from, to }) => sum + to - from, 0) },
    actBefore: actBeforeOf(prepared.survey),
  };
}

function refused(code: string): Assessment {
  return infeasibleAssessment(name, { code: 'estimate-refused', message: `nothing is estimated: ${code}` });
}
