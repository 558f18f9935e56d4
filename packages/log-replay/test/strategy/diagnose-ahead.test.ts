import { createMemoryRecordedOutputs, defineWorker, type Worker } from '@eventmend/core';
import { describe, expect, it } from 'vitest';
import { diagnose } from '@eventmend/log-replay';
import { readFaults } from '../../src/diagnose/fault-files.js';
import { withIncident } from '../diagnose/memory-incident.js';

interface Change {
  readonly keys: readonly string[];
  readonly add: number;
}

/** Adds to the first key, and takes from the second; its output shows the first one only. */
const worker: Worker = defineWorker<Change, { readonly open: number }>({
  name: 'moves',
  version: '1',
  keys: ({ value }) => value.keys,
  initial: () => ({ open: 0 }),
  outputs: { moved: { kind: 'event', reveals: [{ fields: { open: 'open' } }] } },
  evolve(states, { value: { keys, add } }, context) {
    keys.forEach((key, index) => {
      const open = states.get(key).open + (index === 0 ? add : -add);
      states.set(key, { open });
      context.emit('moved', { open }, { key });
    });
  },
});

type Row = readonly [partition: number, offset: number, key: string, open: number];

async function told(events: readonly (Change & { readonly partition: number })[], rows: readonly Row[]) {
  const next = [0, 1].map((partition) => events.filter((event) => event.partition === partition).length);
  const states = new Map(rows.map(([, , key, open]) => [key, { open }]));
  const outputs = rows.map(([partition, offset, key, open]) => ({
    output: 'moved',
    key,
    value: { open },
    event: { topic: 't', partition, offset },
  }));
  const more = { recordedOutputs: createMemoryRecordedOutputs(outputs, { order: 'handling' }) };
  const placed = events.map(({ partition, ...value }) => ({ partition, value }));
  const incident = { worker, events: placed, live: { id: 'live', next, states }, more };
  return withIncident(incident, async ({ situation }) => {
    const { firstUndetermined } = await diagnose(situation);
    const faults = [...readFaults(situation.store)];
    return {
      faults: faults.map(({ kind, event }) => `${kind} ${event.partition}@${event.offset}`).sort(),
      open: firstUndetermined.map(({ event }) => (event === null ? '' : `${event.partition}@${event.offset}`)).sort(),
    };
  });
}

/** Of the second partition, 1@1 left no records; keys are connected over both partitions by 0@0. */
const events = [
  { partition: 0, keys: ['a', 'b'], add: 5 },
  { partition: 1, keys: ['b'], add: 1 },
  { partition: 1, keys: ['a'], add: 10 },
  { partition: 0, keys: ['a', 'b'], add: 7 },
  { partition: 1, keys: ['c'], add: 2 },
  { partition: 0, keys: ['a', 'b'], add: 3 },
];
const until = [
  [0, 0, 'a', 5],
  [0, 0, 'b', -5],
  [1, 0, 'b', -4],
] as const;

describe('an event without records that may have been handled ahead, in another partition', () => {
  it('makes no result wrong that it explains', async () => {
    const { faults, open } = await told(events, [
      ...until,
      // 5 + 10 of the event without records, + 7
      [0, 1, 'a', 22],
      [0, 1, 'b', -11],
      [1, 2, 'c', 2],
      [0, 2, 'a', 25],
      [0, 2, 'b', -14],
    ]);
    expect(faults).toEqual([]);
    expect(open).toContain('0@1');
  });

  it('leaves a result wrong that it does not explain, and may hide behind it', async () => {
    const { faults, open } = await told(events, [
      ...until,
      [0, 1, 'a', 19],
      [0, 1, 'b', -18],
      [1, 2, 'c', 2],
      [0, 2, 'a', 22],
      [0, 2, 'b', -21],
    ]);
    expect(faults).toEqual(['wrong 0@1']);
    expect(open).toContain('1@1');
  });

  it('was missed where what was recorded before its place is right without it, whatever else is wrong', async () => {
    const others = events.map((event) => (event.keys.length === 2 ? { ...event, keys: ['d', 'b'] } : event));
    const { faults } = await told(
      [...others, { partition: 1, keys: ['a'], add: 4 }],
      [
        [0, 0, 'd', 5],
        [0, 0, 'b', -5],
        [1, 0, 'b', -4],
        [0, 1, 'd', 19],
        [0, 1, 'b', -18],
        [1, 2, 'c', 2],
        [0, 2, 'd', 22],
        [0, 2, 'b', -21],
        [1, 3, 'a', 4],
      ],
    );
    expect(faults).toEqual(['missed 1@1', 'wrong 0@1']);
  });

  it('was perhaps handled ahead where that leads to the same states', async () => {
    const capped: Worker = defineWorker<Change, { readonly open: number }>({
      name: 'capped',
      version: '1',
      keys: ({ value }) => value.keys,
      initial: () => ({ open: 0 }),
      outputs: { moved: { kind: 'event', reveals: [{ fields: { open: 'open' } }] } },
      evolve(states, { value: { keys, add } }, context) {
        const [key = ''] = keys;
        const open = Math.min(10, states.get(key).open + add);
        states.set(key, { open });
        context.emit('moved', { open }, { key });
      },
    });
    const rows = [
      [0, 0, 'a', 10],
      [0, 1, 'a', 4],
      [1, 1, 'b', 2],
      [0, 2, 'a', 5],
    ] as const;
    const changes = [
      { partition: 0, keys: ['a'], add: 10 },
      { partition: 1, keys: ['a'], add: 3 },
      { partition: 0, keys: ['a'], add: -6 },
      { partition: 1, keys: ['b'], add: 2 },
      { partition: 0, keys: ['a'], add: 1 },
    ];
    const outputs = rows.map(([partition, offset, key, open]) => ({
      output: 'moved',
      key,
      value: { open },
      event: { topic: 't', partition, offset },
    }));
    const faults = await withIncident(
      {
        worker: capped,
        events: changes.map(({ partition, ...value }) => ({ partition, value })),
        live: { id: 'live', next: [3, 2], states: { a: { open: 5 }, b: { open: 2 } } },
        more: { recordedOutputs: createMemoryRecordedOutputs(outputs, { order: 'handling' }) },
      },
      async ({ situation }) => {
        await diagnose(situation);
        return [...readFaults(situation.store)].map(({ kind }) => kind);
      },
    );
    expect(faults).toEqual([]);
  });
});
