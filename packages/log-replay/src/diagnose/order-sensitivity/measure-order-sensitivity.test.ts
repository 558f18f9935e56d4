import { defineWorker } from '@eventmend/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withIncident, type MemoryIncident } from '../../../test/diagnose/memory-incident.js';
import { fieldSpreads, standingOf } from './key-spread.js';
import { measureOrderSensitivity } from './measure-order-sensitivity.js';
import type { OrderSensitivity, SensitivityOptions } from './order-sensitivity.js';

function measure(incident: MemoryIncident, options: Partial<SensitivityOptions> = {}): Promise<OrderSensitivity> {
  return withIncident(incident, (prepared) => measureOrderSensitivity({ prepared, start: null, options }, {}));
}

interface Change {
  readonly key: string;
  readonly add?: number;
  readonly atMost?: number;
}

const balances = defineWorker<Change, { balance: number; seen: number }>({
  name: 'balances',
  version: '1',
  key: ({ value }) => value.key,
  initial: () => ({ balance: 0, seen: 0 }),
  evolve: ({ balance, seen }, { value: { add = 0, atMost = Infinity } }) => ({
    balance: Math.min(balance + add, atMost),
    seen: seen + 1,
  }),
});

const second = 1000;
const change = (partition: number, time: number, value: Change) => ({ partition, time: time * second, value });

describe('order sensitivity', () => {
  const events = [
    change(0, 0, { key: 'cut', add: 50 }),
    change(1, 1, { key: 'cut', atMost: 20 }),
    change(0, 2, { key: 'cut', add: 5 }),
    change(0, 3, { key: 'sum', add: 1 }),
    change(1, 4, { key: 'sum', add: 2 }),
    change(0, 5, { key: 'mine', add: 7 }),
    change(0, 6, { key: 'mine', atMost: 3 }),
  ];
  const states = { cut: { balance: 20, seen: 3 }, sum: { balance: 3, seen: 2 }, mine: { balance: 3, seen: 2 } };
  const live = { id: 'live', next: [5, 2], states };

  it('tells keys that the order cannot matter for from those where no sample matters and those where one does', async () => {
    const { keys, sensitive, seed, members, live: standing } = await measure({ worker: balances, events, live });
    expect({ seed, members }).toEqual({ seed: 1, members: 8 });
    expect(keys).toEqual({ independent: 1, sameInSamples: 1, sensitive: 1, notLookedAt: 0 });
    // Either of the two additions may come behind the cut, or both.
    expect(sensitive).toMatchObject([{ key: 'cut', spread: [{ path: 'balance', min: 20 }] }]);
    expect(standing).toMatchObject({ among: 2, within: 0, beyond: 0 });
  });

  it('is not measured over a record that cannot be read', async () => {
    const lost = events.map((event, number) => (number === 2 ? { ...event, damaged: true as const } : event));
    const { notMeasured } = await measure({ worker: balances, events: lost, live });
    expect(notMeasured).toMatchObject({ kind: 'gaps', gaps: [{ partition: 0, from: 1, to: 2 }] });
  });

  it('keeps within the lag: partitions that are further apart than it are never interleaved otherwise', async () => {
    const apart = events.map((event, index) => ({ ...event, time: index * 60 * second }));
    const { keys } = await measure({ worker: balances, events: apart, live }, { lagMs: 30 * second });
    expect(keys.sensitive).toBe(0);
  });

  it('is the same for the same seed', async () => {
    const once = await measure({ worker: balances, events, live }, { seed: 7 });
    expect(await measure({ worker: balances, events, live }, { seed: 7 })).toEqual(once);
  });

  it.each([
    [
      'recorded or explicit',
      {
        more: { order: { by: 'field' as const, path: 'seq' } },
        events: events.map((event, seq) => ({ ...event, value: { ...event.value, seq } })),
      },
      'order-given',
    ],
    [
      'of one partition',
      { events: events.filter(({ partition }) => partition === 0), live: { ...live, next: [5] } },
      'one-partition',
    ],
  ])('is not measured where the order is %s', async (_, part, reason) => {
    const result = await measure({ worker: balances, live, ...part });
    expect(result.notMeasured).toEqual({ kind: reason });
    expect(result.sensitive).toEqual([]);
  });

  it('says nothing of the live state where the log is measured to its end', async () => {
    const nowhere = { ...live, next: [5, 99] };
    expect((await measure({ worker: balances, events, live: nowhere })).live).toBeNull();
  });
});

describe('orders that are tried (property)', () => {
  it('keep the offsets of each partition, and handle each event once', async () => {
    const sequence = defineWorker<{ partition: number; n: number }, Record<string, number>>({
      name: 'sequence',
      version: '1',
      key: () => 'all',
      initial: () => ({ broken: 0, events: 0 }),
      evolve: (state, { value: { partition, n } }) => ({
        ...state,
        [`p${partition}`]: n,
        broken: (state['broken'] ?? 0) + ((state[`p${partition}`] ?? -1) === n - 1 ? 0 : 1),
        events: (state['events'] ?? 0) + 1,
        mixed: ((state['mixed'] ?? 1) * 31 + partition) % 1_000_003,
      }),
    });
    let sensitive = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 90 })), { minLength: 2, maxLength: 40 }),
        fc.nat(),
        async (raw, seed) => {
          const counts = [0, 0, 0];
          const events = raw.map(([partition, time]) => {
            const n = counts[partition] ?? 0;
            counts[partition] = n + 1;
            return { partition, time: time * second, value: { partition, n } };
          });
          const live = { id: 'live', next: counts, states: {} };
          const result = await measure({ worker: sequence, events, live }, { seed, members: 6 });
          for (const { spread } of result.sensitive) {
            expect(spread.map(({ path }) => path)).toEqual(['mixed']);
            sensitive++;
          }
        },
      ),
      { seed: 20268, numRuns: 100 },
    );
    expect(sensitive).toBeGreaterThan(80);
  });
});

describe('spread and standing', () => {
  const states = ['{"a":1,"b":"x"}', '{"a":5,"b":"x"}', '{"a":9,"b":"y"}'];

  it('gives the range of every number that is not the same in all states', () => {
    expect(fieldSpreads(states)).toEqual([{ path: 'a', min: 1, max: 9 }]);
    expect(fieldSpreads(['3', '4', null])).toEqual([{ path: '$', min: 3, max: 4 }]);
  });

  it.each([
    ['{"a":5,"b":"x"}', 'among'],
    ['{"a":3,"b":"x"}', 'within'],
    ['{"a":7,"b":"x"}', 'beyond'],
    ['{"a":5,"b":"z"}', 'beyond'],
    ['{"a":5}', 'beyond'],
    [null, 'beyond'],
  ] as const)('places %s %s the samples', (recorded, standing) => {
    expect(standingOf(recorded, states)).toBe(standing);
  });
});
