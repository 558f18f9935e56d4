import { createMemoryRecordedOutputs, defineWorker, type Worker } from '@eventmend/core';
import { describe, expect, it } from 'vitest';
import { diagnose } from '@eventmend/log-replay';
import { withIncident, type MemoryIncident } from '../diagnose/memory-incident.js';

interface Change {
  readonly id: string;
  readonly key: string;
  readonly add: number;
}

const workerOf = (locality: 'partition' | 'global', deduplicates = false): Worker =>
  defineWorker<Change, { sum: number }>({
    name: 'sums',
    version: '1',
    locality,
    key: ({ value }) => value.key,
    ...(deduplicates && { deduplicate: { id: ({ value }: { value: Change }) => value.id, window: 100 } }),
    initial: () => ({ sum: 0 }),
    outputs: { moved: { kind: 'event' } },
    evolve({ sum }, { value: { add } }, context) {
      context.emit('moved', { add });
      // Halves, so that the order of two events matters.
      return { sum: Math.floor(sum / 2) + add };
    },
  });

const event = (partition: number, id: string, key: string, add: number) => ({ partition, value: { id, key, add } });
const rowOf = (partition: number, offset: number, key: string, add: number) => ({
  ...{ output: 'moved', key, value: { add } },
  event: { topic: 't', partition, offset },
});

const explained = (incident: MemoryIncident) =>
  withIncident(incident, async ({ situation }) => {
    const { counts, live } = await diagnose(situation);
    return { found: Object.values(counts).reduce((sum, count) => sum + count, 0), live };
  });

describe('a live state is no fault of which nobody knows the right one', () => {
  // The service handled what the log lacks: ada came to 1 + floor(8 / 2), and bob's last event left no trace at all.
  const events = [
    event(0, 'a', 'ada', 6),
    event(1, 'b', 'bob', 7),
    { ...event(0, 'c', 'ada', 5), damaged: true as const },
    event(0, 'd', 'ada', 1),
    event(1, 'e', 'bob', 9),
  ];
  const rows = [rowOf(0, 0, 'ada', 6), rowOf(1, 0, 'bob', 7), rowOf(0, 1, 'ada', 5), rowOf(0, 2, 'ada', 1)];
  const start = { id: 'start', next: [0, 0], states: {} };
  const incident = (locality: 'partition' | 'global', bob: number): MemoryIncident => ({
    ...{ worker: workerOf(locality), events, snapshots: [start] },
    live: { id: 'live', next: [3, 2], states: { ada: { sum: 5 }, bob: { sum: bob } } },
    more: {
      trusted: ['start'],
      acceptGaps: true,
      recordedOutputs: createMemoryRecordedOutputs(rows, { order: 'handling' }),
    },
  });

  it('behind a hole; the key of a whole partition is wrong', async () => {
    const { live } = await explained(incident('partition', 7));
    expect(live).toMatchObject({ keys: 2, notKnown: 1, wrong: 1 });
  });

  it('behind a hole that may have reached every key', async () => {
    const { live } = await explained(incident('global', 7));
    expect(live).toMatchObject({ keys: 2, notKnown: 2, wrong: 0 });
  });

  it('nor is one right that is what the replay without the hole comes to', async () => {
    const { live } = await explained(incident('global', 12));
    expect(live).toMatchObject({ keys: 2, notKnown: 2, wrong: 0 });
  });

  it('where an event came again under its business id, and the second delivery was handled', async () => {
    const { found, live } = await explained({
      worker: workerOf('global', true),
      events: [event(0, 'a', 'ada', 6), event(0, 'b', 'ada', 2), event(0, 'a', 'ada', 6), event(0, 'c', 'ada', 1)],
      live: { id: 'live', next: [4], states: { ada: { sum: 4 } } },
      more: {
        recordedOutputs: createMemoryRecordedOutputs(
          [rowOf(0, 1, 'ada', 2), rowOf(0, 2, 'ada', 6), rowOf(0, 3, 'ada', 1)],
          { order: 'handling' },
        ),
      },
    });
    expect(found).toBe(0);
    expect(live).toMatchObject({ keys: 1, notKnown: 1, wrong: 0, unexplained: 0 });
  });
});
