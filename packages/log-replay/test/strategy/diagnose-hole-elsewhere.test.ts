import { defineWorker, type Worker } from '@eventmend/core';
import { describe, expect, it } from 'vitest';
import { diagnose } from '@eventmend/log-replay';
import { readFaults } from '../../src/diagnose/fault-files.js';
import { withIncident, type MemoryIncident } from '../diagnose/memory-incident.js';

interface Change {
  readonly key: string;
  readonly add: number;
}

const workerOf = (locality: 'partition' | 'global'): Worker =>
  defineWorker<Change, number>({
    name: 'sums',
    version: '1',
    locality,
    key: ({ value }) => value.key,
    initial: () => 0,
    evolve: (sum, { value: { add } }) => sum + add,
  });

const events = [
  { partition: 0, value: { key: 'ada', add: 5 } },
  { partition: 1, value: { key: 'bob', add: 7 } },
  { partition: 0, value: { key: 'ada', add: 1 }, damaged: true as const },
  { partition: 1, value: { key: 'bob', add: 2 } },
  { partition: 0, value: { key: 'ada', add: 1 } },
];
const before = { id: 'before', next: [1, 1], states: { ada: 5, bob: 7 } };
const toldOf = (incident: Partial<MemoryIncident>, locality: 'partition' | 'global' = 'partition') =>
  withIncident(
    {
      worker: workerOf(locality),
      events,
      live: { id: 'live', next: [3, 2], states: { ada: 7, bob: 7 } },
      ...incident,
      more: { trusted: ['before'], acceptGaps: true, ...incident.more },
    },
    async ({ situation }) => {
      const { missing, states } = await diagnose(situation);
      const faults = [...readFaults(situation.store)].map(
        ({ kind, event }) => `${kind} ${event.partition}@${event.offset}`,
      );
      return { faults, missing: missing.map(({ kind }) => kind), keys: states?.keys };
    },
  );

describe('a hole in another partition', () => {
  it('takes nothing from what the states of this one tell, and its own keys are not told', async () => {
    const { faults, missing, keys } = await toldOf({ snapshots: [before] });
    expect(faults).toEqual(['missed 1@1']);
    expect(missing).toContain('gaps');
    expect(keys).toMatchObject({ explained: 1 });
  });

  it('keeps the beginning of the log a right state for this one', async () => {
    const both = { ...before, next: [1, 2], states: { ada: 5, bob: 9 } };
    const { faults } = await toldOf({
      snapshots: [both],
      more: { trusted: [] },
      live: { id: 'live', next: [3, 2], states: { ada: 7, bob: 7 } },
    });
    expect(faults).toEqual([]);
  });

  it('leaves nothing to compare where events may touch keys of any partition', async () => {
    const { faults, missing } = await toldOf({ snapshots: [before] }, 'global');
    expect(faults).toEqual([]);
    expect(missing).toContain('gaps');
  });

  it('accuses nobody of a key that only the hole holds', async () => {
    const live = { id: 'live', next: [3, 2], states: { ada: 7, bob: 9, cay: 3 } };
    expect((await toldOf({ snapshots: [before], live })).faults).toEqual([]);
  });
});
