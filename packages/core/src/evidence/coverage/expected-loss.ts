import type { LossEstimate } from '../../model/plan/loss-estimate.js';
import { describeGap, type ReplayGap } from './cover-partitions.js';

/** What a plan loses: what no log has, and what cannot be read. */
export function expectedLoss(gaps: readonly ReplayGap[], damaged: readonly ReplayGap[]): LossEstimate {
  const named = (what: string, ranges: readonly ReplayGap[]): readonly string[] =>
    ranges.length === 0 ? [] : [`${what}: ${ranges.map(describeGap).join(', ')}`];
  const lost = [...named('not in any log', gaps), ...named('not readable', damaged)];
  const isKnown = gaps.every(({ openEnd }) => openEnd !== true);
  return {
    events: isKnown ? [...gaps, ...damaged].reduce((sum, { from, to }) => sum + to - from, 0) : null,
    description: lost.length === 0 ? 'none' : lost.join('; '),
  };
}
