import { createMemoryRecordedOutputs, defineWorker, type Worker } from '@eventmend/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '@eventmend/log-replay';
import { readFaults } from '../../src/diagnose/fault-files.js';
import { withIncident } from '../diagnose/memory-incident.js';

interface Change {
  readonly key: string;
  readonly add: number;
  /** Takes it from there, as far as there is enough. */
  readonly from?: string;
}

type Totals = Record<string, number>;

function apply(totals: Totals, { key, add, from }: Change): Totals {
  if (from === undefined || from === key) return { ...totals, [key]: (totals[key] ?? 0) + add };
  const moved = Math.min(add, totals[from] ?? 0);
  return { ...totals, [from]: (totals[from] ?? 0) - moved, [key]: (totals[key] ?? 0) + moved };
}

const worker: Worker = defineWorker<Change, { readonly total: number }>({
  name: 'totals',
  version: '1',
  keys: ({ value: { key, from } }) => (from === undefined ? [key] : [key, from]),
  initial: () => ({ total: 0 }),
  outputs: { total: { kind: 'latest' } },
  evolve(states, { value }, context) {
    const before = Object.fromEntries([value.key, value.from ?? value.key].map((key) => [key, states.get(key).total]));
    for (const [key, total] of Object.entries(apply(before, value))) {
      states.set(key, { total });
      context.emit('total', { total }, { key });
    }
  },
});

/** What is told of a service that handled all changes rightly and in order, and whose outputs were kept of some only. */
async function toldOf(changes: readonly Change[], kept: (offset: number) => boolean, hasState: boolean) {
  let totals: Totals = {};
  const recorded = changes.flatMap((change, offset) => {
    totals = apply(totals, change);
    const keys = [...new Set([change.key, change.from ?? change.key])];
    const event = { topic: 't', partition: 0, offset };
    return kept(offset) ? keys.map((key) => ({ output: 'total', key, value: { total: totals[key] }, event })) : [];
  });
  const states = Object.fromEntries(Object.entries(totals).map(([key, total]) => [key, { total }]));
  const live = { id: 'live', next: [changes.length], states };
  const recordedOutputs = createMemoryRecordedOutputs(recorded, { order: 'handling' });
  const events = changes.map((value) => ({ value }));
  const more = { recordedOutputs, ...(hasState ? {} : { live: null }) };
  return withIncident({ worker, events, live, more }, async ({ situation }) => {
    await diagnose(situation);
    return [...readFaults(situation.store)].map(({ kind, event }) => `${kind} ${event.offset}`);
  });
}

describe('outputs of several events in a row that were lost accuse nobody else', () => {
  it('also behind others that were lost', async () => {
    const changes = [3, 5, 7, 11, 13, 17].map((add) => ({ key: 'a', add }));
    for (const hasState of [false, true]) {
      expect(await toldOf(changes, (offset) => [0, 2, 5].includes(offset), hasState)).toEqual(['not-sent 1']);
    }
  });

  it('whichever they are', async () => {
    const change = fc.record(
      {
        key: fc.constantFrom('a', 'b', 'c'),
        add: fc.integer({ min: 1, max: 40 }),
        from: fc.constantFrom('a', 'b', 'c'),
      },
      { requiredKeys: ['key', 'add'] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(change, fc.boolean()), { minLength: 1, maxLength: 14 }),
        fc.boolean(),
        async (events, hasState) => {
          const told = await toldOf(
            events.map(([one]) => one),
            (offset) => events[offset]?.[1] === true,
            hasState,
          );
          const lost = events.flatMap(([, isKept], offset) => (isKept ? [] : [`not-sent ${offset}`]));
          expect(told.filter((one) => !lost.includes(one))).toEqual([]);
        },
      ),
      { numRuns: Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? 150) },
    );
  });
});
