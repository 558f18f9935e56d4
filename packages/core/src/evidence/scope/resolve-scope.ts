import type { PlanScope } from '../../model/plan/plan.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';
import type { ScopeRange } from './scope-range.js';
import type { ScopeRequest } from './scope-request.js';

/**
 * Finds out which keys a request is about, in one pass over the events of the range in a supervised thread: those that
 * it names or chooses, and all that events connect with them.
 * @throws RecoveryError `invalid-condition` for a condition that cannot be read, `empty-scope` when nothing is chosen,
 *   `scope-too-large` for more keys than a plan can carry, `worker-timeout` when the worker does not come back from
 *   naming keys, `interrupted` when it was stopped
 */
export async function resolveScope(
  prepared: PreparedInputs,
  request: ScopeRequest,
  range: ScopeRange,
  work: LongWork,
): Promise<PlanScope> {
  // Most plans are about all keys: loaded on use.
  const { resolveInLog } = await import('./resolve-in-log.js');
  return resolveInLog(prepared, request, range, work);
}
