import type { ErrorCode } from '../errors/error-catalogue.js';
import type { Assessment } from './assessment.js';

/** What a strategy says that can do nothing, and why. */
export function infeasibleAssessment(
  strategy: Assessment['strategy'],
  { code, message }: { readonly code: ErrorCode; readonly message: string },
): Assessment {
  return {
    strategy,
    feasible: false,
    reason: { kind: 'error', error: { code, message } },
    bringsBack: null,
    expectedLoss: { kind: 'everything' },
    expectedDurationMs: null,
    actBefore: null,
    resources: [],
    workerCheck: null,
    warnings: [],
  };
}
