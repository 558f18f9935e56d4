import { expect, it } from 'vitest';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import { checkInvariants } from './check-invariants.js';

it('names the least keys that break a rule, in whatever order the states come', () => {
  const worker = { invariants: { odd: (state: number, key: string) => state % 2 === 1 || `${key} is even` } };
  const instance = { worker, decodeState: (state: unknown) => state } as unknown as WorkerBasis;
  const states = Array.from({ length: 12 }, (_, n) => [`k${String(n).padStart(2, '0')}`, n] as const);
  const orders = [states, states.toReversed(), states.toSorted(([, a], [, b]) => ((a * 7) % 12) - ((b * 7) % 12))];
  for (const order of orders) {
    expect(checkInvariants(new Map(order), instance)).toEqual([
      {
        name: 'odd',
        broken: 6,
        first: { key: 'k00', said: 'k00 is even' },
        keys: ['k00', 'k02', 'k04', 'k06', 'k08'],
      },
    ]);
  }
});
