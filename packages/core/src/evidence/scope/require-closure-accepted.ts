import type { PlanScope } from '../../model/plan/plan.js';
import { closureNotAccepted } from './scope-failures.js';

/**
 * A scope that is larger than what was chosen must be accepted: else a limit to one tenant could quietly become
 * everyone.
 * @throws RecoveryError `closure-not-accepted`
 */
export function requireClosureAccepted(scope: PlanScope, accepted: boolean): void {
  if (!accepted && scope.keys.length > scope.seeds) throw closureNotAccepted(scope);
}
