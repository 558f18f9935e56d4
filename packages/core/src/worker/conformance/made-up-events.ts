import type { TrialEvent } from './trial-event.js';

/** Events of no service: four keys in turn, and members of every type. */
export function madeUpEvents(): readonly TrialEvent[] {
  return Array.from({ length: 24 }, (_, n) => {
    const key = `key-${n % 4}`;
    const value = {
      id: `event-${n}`,
      key,
      count: n,
      amount: n * 1.25 - 7,
      text: 'made up',
      list: [n, n + 1],
      none: null,
    };
    return { key, value: JSON.stringify({ ...value, sure: n % 2 === 0 }) };
  });
}
