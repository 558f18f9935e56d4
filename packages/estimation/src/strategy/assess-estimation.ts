import { isRecoveryError, type Assessment, type LongWork } from '@eventmend/core';
import { infeasibleAssessment, prepareInputs, readEvidence, type RecoveryInputs } from '@eventmend/core/engine';
import { fidelityBehindGaps, findDonors } from '../ensemble/estimate-states.js';

const name = 'estimation';

/** What the strategy could do, without running the worker: it reads the times of all events that the logs hold. */
export async function assessEstimation(inputs: RecoveryInputs, work: LongWork): Promise<Assessment> {
  try {
    const prepared = await prepareInputs(inputs);
    try {
      const found = await findDonors(prepared, {}, 'recorded-proofs', work);
      if ('code' in found)
        return infeasibleAssessment(name, { code: 'estimate-refused', message: `nothing is estimated: ${found.code}` });
      const lost = found.located.gaps.reduce((sum, { offsets: { from, to } }) => sum + to - from, 0);
      const filledAs = found.located.gaps.every((gap) => gap.isBounded) ? 'interpolated' : 'extrapolated';
      const { baseline, workerCheck } = found.chosen;
      const rate = readEvidence(inputs.store, prepared.facts.hash);
      const known = prepared.survey.partitions.reduce((sum, { from, end }) => sum + end - from, 0);
      const members = Math.min(...found.clusters.map(({ shifts }) => shifts.length));
      return {
        strategy: name,
        feasible: true,
        reason: null,
        bringsBack: { fidelity: fidelityBehindGaps(baseline, filledAs, workerCheck), condition: null },
        expectedLoss: { kind: 'events', events: lost },
        expectedDurationMs: rate === null ? null : Math.round((known * members * 1000) / rate),
        actBefore: null,
        resources: [],
        workerCheck: null,
        warnings: [],
      };
    } finally {
      prepared.close();
    }
  } catch (error) {
    if (!isRecoveryError(error) || error.code === 'interrupted') throw error;
    return infeasibleAssessment(name, error);
  }
}
