import { isRecoveryError, type Plan } from '@eventmend/core';
import {
  endOf,
  expectWrongKeys,
  liveErrorRate,
  planKeyLoss,
  positionToJson,
  type ExpectedStandIns,
  type PreparedInputs,
  type Transition,
} from '@eventmend/core/engine';

/** The live state as a candidate, absent where there is none; and what is expected of the keys that lost events may have named. */
interface PlannedLoss {
  readonly liveCandidate?: NonNullable<Plan['liveCandidate']>;
  readonly keyLoss?: NonNullable<Plan['keyLoss']>;
}

/**
 * What is expected of single keys, and of the live state beside them.
 * @param lost events that nothing stands in for
 * @param hasEstimates estimates are put in their place
 */
export async function planLossByKey(
  prepared: PreparedInputs,
  transitions: readonly Transition[],
  plan: Pick<Plan, 'baseline' | 'segments'> & {
    readonly locality: Plan['worker']['locality'];
    readonly target: Plan['target']['position'];
  },
  lost: number,
  standIns: ExpectedStandIns,
  hasEstimates: boolean,
): Promise<PlannedLoss> {
  const { situation, survey } = prepared;
  const hasLive = situation.live !== null;
  const errorRate = await liveErrorRate(transitions, prepared);
  const { order, poison } = situation;
  const { baseline, segments, locality, target } = plan;
  const replayed = {
    ...{ order, poison, acceptGaps: true, baseline, segments },
    worker: { locality },
    logs: survey.logs,
    target: { position: target },
    logEnd: positionToJson(endOf(survey)),
  };
  const loss =
    lost === 0 && !hasLive
      ? null
      : await expectWrongKeys(replayed, prepared, lost, errorRate, standIns).catch(unreadable);
  const keyLoss = planKeyLoss(situation.store, lost === 0 ? [] : (loss?.keys ?? []), hasEstimates);
  const expectedWrong = loss?.expectedWrong ?? null;
  return {
    ...(hasLive && { liveCandidate: { errorRate, lost, ...(expectedWrong !== null && { expectedWrong }) } }),
    ...(keyLoss !== null && { keyLoss }),
  };
}

/** A live state that cannot be read is told by the recovery that compares with it. */
function unreadable(error: unknown): null {
  if (!isRecoveryError(error)) throw error;
  return null;
}
