import { isRecoveryError, type Plan } from '@eventmend/core';
import {
  endOf,
  expectWrongKeys,
  liveErrorRate,
  positionToJson,
  type PreparedInputs,
  type Transition,
} from '@eventmend/core/engine';

/**
 * The live state as a candidate, with what is expected of it; null where there is none.
 * @param lost events that nothing stands in for
 */
export async function planLiveCandidate(
  prepared: PreparedInputs,
  transitions: readonly Transition[],
  plan: Pick<Plan, 'baseline' | 'segments'> & {
    readonly locality: Plan['worker']['locality'];
    readonly target: Plan['target']['position'];
  },
  lost: number,
): Promise<NonNullable<Plan['liveCandidate']> | null> {
  const { situation, survey } = prepared;
  if (situation.live === null) return null;
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
  const expectedWrong = await expectWrongKeys(replayed, prepared, lost, errorRate).catch(unreadable);
  return { errorRate, lost, ...(expectedWrong !== null && { expectedWrong }) };
}

/** A live state that cannot be read is told by the recovery that compares with it. */
function unreadable(error: unknown): null {
  if (!isRecoveryError(error)) throw error;
  return null;
}
