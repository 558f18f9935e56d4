import type { StrategyName } from '../../model/plan/strategy-name.js';
import type { HeldOutComparison } from '../compare/comparison.js';
import type { DrillReport } from './drill-report.js';

/** A drill that laid the incident over a healthy stretch, as a part of a comparison. */
export function heldOutOf({ seed, error, comparison, strategies }: DrillReport): HeldOutComparison {
  return {
    seed,
    ...{ onset: error.onset, end: error.end },
    keys: comparison?.keys ?? 0,
    recoveries: comparison?.recoveries ?? [],
    refused: strategies.flatMap(({ strategy, refused }) =>
      refused === null ? [] : [{ strategy: strategy as StrategyName, error: refused }],
    ),
  };
}
