import { isRecoveryError, type Assessment, type LongWork } from '@eventmend/core';
import {
  actBeforeOf,
  examineSnapshots,
  type Examination,
  expectRun,
  prepareInputs,
  type PreparedInputs,
  type RecoveryInputs,
  beginningOf,
  endOf,
  coverPartitions,
  damagedOf,
  eventsOf,
  gapsOf,
  isLogless,
  refuseDamage,
  type PartitionCover,
  retentionWarnings,
  snapshotWarnings,
  infeasibleAssessment,
} from '@eventmend/core/engine';
import { listResources } from './list-resources.js';

/**
 * What a replay could bring back, from what is known without replaying: ranges of the logs, recorded proofs, measured
 * rates. What is missing makes it infeasible; only contradictions are errors.
 */
export async function assessReplay(situation: RecoveryInputs, work: LongWork): Promise<Assessment> {
  let prepared: PreparedInputs;
  try {
    prepared = await prepareInputs(situation);
  } catch (error) {
    if (!isRecoveryError(error) || error.code !== 'log-changed') throw error;
    return infeasibleAssessment('log-replay', error);
  }
  try {
    const examination = await examineSnapshots(prepared, 'recorded-proofs', work);
    const isLost = isLogless(prepared.survey);
    return await (isLost ? withoutLog(prepared, examination) : assessPrepared(prepared, examination));
  } finally {
    prepared.close();
  }
}

/** There is nothing to replay; what else survived is listed all the same. */
async function withoutLog(prepared: PreparedInputs, examination: Examination): Promise<Assessment> {
  return {
    ...infeasibleAssessment('log-replay', { code: 'log-gap', message: 'there is no log' }),
    resources: await listResources(prepared, examination),
    warnings: snapshotWarnings(prepared.snapshots),
  };
}

async function assessPrepared(prepared: PreparedInputs, examination: Examination): Promise<Assessment> {
  const { situation, facts, survey } = prepared;
  const usable = examination.examined.findLast(
    ({ finding }) => finding.finding === 'proven' || finding.finding === 'declared',
  );
  const end = endOf(survey);
  const fromBeginning = coverPartitions(survey, beginningOf(survey), end);
  const cover = usable === undefined ? fromBeginning : coverPartitions(survey, usable.candidate.position, end);
  const gaps = gapsOf(cover);
  const events = eventsOf(cover);
  const damaged = damagedOf(cover);
  const lost = [...gaps, ...damaged].reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const refusal = refusalOf(prepared, cover);
  return {
    strategy: 'log-replay',
    feasible: gaps.length === 0 && refusal === null,
    reason: gaps.length > 0 ? { kind: 'gaps', gaps } : refusal,
    bringsBack:
      gaps.length === 0 && damaged.length > 0
        ? { fidelity: 'incomplete', condition: null }
        : expectedResult(gaps.length, examination),
    expectedLoss: { kind: 'events', events: lost },
    expectedDurationMs: expectRun(situation.store, facts.hash, events)?.durationMs ?? null,
    actBefore: actBeforeOf(survey),
    resources: await listResources(prepared, examination),
    workerCheck: workerCheckOf(prepared, examination),
    warnings: warningsOf(prepared, examination),
  };
}

/** Why no plan goes over records that cannot be read; null where there are none, or where they are parked. */
function refusalOf({ survey, situation }: PreparedInputs, cover: readonly PartitionCover[]): Assessment['reason'] {
  try {
    refuseDamage(survey, cover, situation.poison);
    return null;
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return { kind: 'error', error: { code: error.code, message: error.message } };
  }
}

/** No better than what can still be shown: a worker that nothing can check never gives an exact result. */
function expectedResult(gaps: number, { workerCheck, examined }: Examination): Assessment['bringsBack'] {
  if (gaps > 0) return { fidelity: 'incomplete', condition: 'gaps-accepted' };
  const open = examined.some(({ finding }) => finding.finding === 'not-checked');
  if (workerCheck.checked) return { fidelity: 'exact', condition: null };
  return open
    ? { fidelity: 'exact', condition: 'worker-reproduces-a-snapshot' }
    : { fidelity: 'unproven', condition: null };
}

function workerCheckOf({ facts }: PreparedInputs, { workerCheck, examined }: Examination): Assessment['workerCheck'] {
  const { name, version } = facts.worker;
  const pending = examined.some(({ finding }) => finding.finding === 'not-checked');
  const state = workerCheck.checked ? 'checked' : pending ? 'pending' : 'not-checked';
  return { worker: { name, version }, state, reason: workerCheck.reason };
}

function warningsOf(
  { snapshots, situation, survey }: PreparedInputs,
  { examined }: Examination,
): Assessment['warnings'] {
  const warnings = [...snapshotWarnings(snapshots)];
  warnings.push(...retentionWarnings(survey));
  if (situation.snapshots === null) warnings.push({ kind: 'no-snapshots' });
  const undetermined = examined.filter(({ finding }) => finding.finding === 'order-not-determined');
  if (undetermined.length > 0) warnings.push({ kind: 'order-not-determined', snapshots: undetermined.length });
  return warnings;
}
