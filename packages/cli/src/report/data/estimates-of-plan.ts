import type { Plan } from '@eventmend/core';
import type { ReportJson } from '../../documents/report-document.js';

/** What was estimated, and how far it may be off; null where nothing was. */
export function estimatesOfPlan({ estimates }: Plan): ReportJson['estimates'] {
  if (estimates === undefined) return null;
  const { estimator, events, ensemble } = estimates;
  return {
    estimator,
    events,
    ensemble:
      ensemble === undefined
        ? null
        : { members: ensemble.members, donors: ensemble.donors, seed: ensemble.seed, sums: [...ensemble.sums] },
    backtest: null,
  };
}
