import type { ChosenStrategy, ReplayStrategy } from './engine.js';

/** A strategy whose package is loaded when one of its verbs is called: most plans are chosen without asking the lower tiers. */
export function strategyOnUse(name: ChosenStrategy, load: () => Promise<ReplayStrategy>): ReplayStrategy {
  let loading: Promise<ReplayStrategy> | null = null;
  const loaded = () => (loading ??= load());
  return {
    name,
    assess: async (...request) => (await loaded()).assess(...request),
    plan: async (...request) => (await loaded()).plan(...request),
    recover: async (...request) => (await loaded()).recover(...request),
    verify: async (...request) => (await loaded()).verify(...request),
  };
}
