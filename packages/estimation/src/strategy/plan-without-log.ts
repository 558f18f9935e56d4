import { RecoveryError, type LongWork, type Plan } from '@eventmend/core';
import {
  assemblePlan,
  baselinePart,
  coverPartitions,
  expectedLoss,
  gapsOf,
  positionToJson,
  segmentsOf,
  type PreparedInputs,
  type ReplayPlanOptions,
} from '@eventmend/core/engine';
import { estimateWithoutLog } from '../copies/estimate-without-log.js';

/**
 * Plans to begin at the latest copy of the states, with nothing applied to it: its keys are incomplete. What the measures over all keys
 * are likely to have come to since then stands in the plan.
 * @throws RecoveryError `estimate-refused`
 */
export async function planWithoutLog(
  prepared: PreparedInputs,
  { target: request, baseline: wanted = 'auto' }: ReplayPlanOptions,
  work: LongWork,
): Promise<Plan> {
  const found = await estimateWithoutLog(prepared, request, wanted, work);
  if ('refused' in found) {
    throw new RecoveryError('estimate-refused', `nothing is estimated: ${found.refused}`, {
      hint:
        found.refused === 'no-moment'
          ? 'name the moment: --target-time, or taken_at of the live state'
          : 'more copies of the states from before a known onset, each with its time, would allow an estimate of sums (docs/estimation.md)',
      details: { reason: { code: found.refused } },
    });
  }
  const { target, baseline, findings, sums } = found;
  const cover = coverPartitions(prepared.survey, baseline.position, target.position);
  return assemblePlan(
    prepared,
    {
      findings,
      workerCheck: { checked: false, snapshot: null, reason: 'there is no log that could be replayed' },
    },
    {
      strategy: 'estimation',
      acceptGaps: true,
      baseline: [baselinePart(baseline)],
      segments: segmentsOf(cover, prepared.survey, 'incomplete'),
      target: { spec: target.spec, position: positionToJson(target.position) },
      sums,
      expected: { events: 0, loss: expectedLoss(gapsOf(cover), []) },
    },
  );
}
