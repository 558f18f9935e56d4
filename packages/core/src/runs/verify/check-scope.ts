import type { Plan } from '../../model/plan/plan.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { RunStore } from '../../engine/store/run-store.js';
import type { VerificationCheck } from '../../model/strategy/verification.js';

/**
 * Everything that a limited run stored must be of its scope: states that it wrote and states that it began with, down to
 * marks of keys without a state. No check where the run is about all keys.
 */
export function checkScope({ scope }: Plan, store: RunStore, report: RunReport): readonly VerificationCheck[] {
  if (scope === undefined) return [];
  const keys = new Set(scope.keys);
  let stored = 0;
  for (const { key } of store.states()) {
    stored++;
    if (keys.has(key)) continue;
    return [{ name: 'scope', result: 'failed', detail: { kind: 'key-out-of-scope', key } }];
  }
  const liveOutside = report.scope?.liveOutside ?? null;
  return [{ name: 'scope', result: 'passed', detail: { kind: 'keys-in-scope', stored, keys: keys.size, liveOutside } }];
}
