import type { Plan, RunReport, RunStore, VerificationCheck } from '@eventmend/core';

const number = (value: number): string => value.toLocaleString('en-US');

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
    const detail = `the run holds key ${JSON.stringify(key)}, which is outside of its scope`;
    return [{ name: 'scope', result: 'failed', detail }];
  }
  const liveOutside = report.scope?.liveOutside ?? null;
  const outside =
    liveOutside === null
      ? 'no live state was given, so the keys outside are not counted'
      : `${number(liveOutside)} live keys outside are not in the run`;
  const detail = `all ${number(stored)} stored keys are of the ${number(keys.size)} in scope; ${outside}`;
  return [{ name: 'scope', result: 'passed', detail }];
}
