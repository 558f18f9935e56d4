import {
  adoptReplayInputs,
  positionFromJson,
  samePosition,
  type LiveComparison,
  type Plan,
  type RunStore,
} from '@eventmend/core';
import { compareStates } from '../compare/compare-states.js';
import { placeOnLog } from '../baseline/snapshot-candidates.js';
import type { ReplaySituation } from '../replay-situation.js';
import type { LogSurvey } from '../resources/survey-logs.js';

const nothing = { keys: 0, differing: 0, onlyRecovered: 0, onlyLive: 0, firstDifference: null };

/** Compares the recovered state with the live one, where both have read the same events; the live one is only read. */
export async function compareWithLive(
  plan: Plan,
  situation: ReplaySituation,
  survey: LogSurvey,
  store: RunStore,
): Promise<LiveComparison | null> {
  const { live } = situation;
  if (live === null) return null;
  const [described] = (await live.list()).snapshots;
  if (described === undefined) return { ...nothing, compared: false, reason: 'the live state cannot be read' };
  const placed = placeOnLog(described.position, survey);
  if (typeof placed === 'string') return { ...nothing, compared: false, reason: placed };
  if (!samePosition(placed, positionFromJson(plan.target.position))) {
    return { ...nothing, compared: false, reason: 'the live state is at another position than the target' };
  }
  const { instance } = await adoptReplayInputs([], situation.worker, situation.references, null);
  const comparison = await compareStates(store, instance, live.rows(described.id), described.stateVersion);
  const { keys, differing, onlyDerived, onlyRecorded, firstDifference } = comparison;
  const undetermined = plan.order.by === 'time' && plan.worker.locality === 'global' && differing > 0;
  return {
    compared: true,
    reason: undetermined
      ? 'the live order is not recorded: differences may come from the error or from another permissible order'
      : null,
    keys,
    differing,
    onlyRecovered: onlyDerived,
    onlyLive: onlyRecorded,
    firstDifference:
      firstDifference === null
        ? null
        : { key: firstDifference.key, recovered: firstDifference.derived, live: firstDifference.recorded },
  };
}
