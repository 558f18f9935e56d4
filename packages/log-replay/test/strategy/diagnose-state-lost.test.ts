import { createMemoryRecordedOutputs, defineWorker, type Worker } from '@eventmend/core';
import { describe, expect, it } from 'vitest';
import { diagnose } from '@eventmend/log-replay';
import { readFaults } from '../../src/diagnose/fault-files.js';
import { withIncident } from '../diagnose/memory-incident.js';

interface Move {
  readonly keys: readonly string[];
  readonly add: number;
}

/** Adds to every key of the event, and sends what each comes to. */
const worker: Worker = defineWorker<Move, { readonly n: number }>({
  name: 'counting',
  version: '1',
  keys: ({ value }) => value.keys,
  initial: () => ({ n: 0 }),
  outputs: { counted: { kind: 'event', reveals: [{ fields: { n: 'n' } }] } },
  evolve(states, { value: { keys, add } }, context) {
    for (const key of keys) {
      const n = states.get(key).n + add;
      states.set(key, { n });
      context.emit('counted', { n }, { key });
    }
  },
});

type Row = readonly [offset: number, key: string, n: number];

async function told(moves: readonly Move[], rows: readonly Row[]) {
  const states = Object.fromEntries(rows.map(([, key, n]) => [key, { n }]));
  const outputs = rows.map(([offset, key, n]) => ({
    output: 'counted',
    key,
    value: { n },
    event: { topic: 't', partition: 0, offset },
  }));
  return withIncident(
    {
      worker,
      events: moves.map((value) => ({ value })),
      live: { id: 'live', next: [moves.length], states },
      more: { recordedOutputs: createMemoryRecordedOutputs(outputs, { order: 'handling' }) },
    },
    async ({ situation }) => {
      await diagnose(situation);
      return [...readFaults(situation.store)].map(
        ({ kind, event, other }) => `${kind} ${event.offset}${other === null ? '' : ` or ${other.offset}`}`,
      );
    },
  );
}

const alone = [5, 7, 9, 2].map((add) => ({ keys: ['a'], add }));

describe('a result that is right from another state than the one before it sent', () => {
  it('is told at one of the two where that state was not written', async () => {
    const faults = await told(alone, [
      [0, 'a', 5],
      [1, 'a', 12],
      // from 5, which 1 found
      [2, 'a', 14],
      [3, 'a', 16],
    ]);
    expect(faults).toEqual(['wrong 2 or 1']);
  });

  it('is told so where another state was written', async () => {
    const faults = await told(alone, [
      [0, 'a', 5],
      [1, 'a', 12],
      // from 43
      [2, 'a', 52],
      [3, 'a', 54],
    ]);
    expect(faults).toEqual(['wrong 2 or 1']);
  });

  it('is wrong itself where it is the first event of its key', async () => {
    const faults = await told(alone, [
      [0, 'a', 6],
      [1, 'a', 13],
      [2, 'a', 22],
      [3, 'a', 24],
    ]);
    expect(faults).toEqual(['wrong 0']);
  });

  it('is wrong itself where no one handling left the states of all keys that it changed wrongly', async () => {
    const moves = [...alone, { keys: ['b'], add: 1 }, { keys: ['a', 'b'], add: 4 }];
    const faults = await told(moves, [
      [0, 'a', 5],
      [1, 'a', 12],
      [2, 'a', 21],
      [3, 'a', 23],
      [4, 'b', 1],
      [5, 'a', 63],
      [5, 'b', 41],
    ]);
    expect(faults).toEqual(['wrong 5']);
  });
});
