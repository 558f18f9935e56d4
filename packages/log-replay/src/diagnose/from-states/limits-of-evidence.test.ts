import { defineWorker } from '@eventmend/core';
import { describe, expect, it } from 'vitest';
import { withIncident, type MemoryIncident } from '../../../test/diagnose/memory-incident.js';
import { explainStates } from './explain-states.js';
import type { ExplanationLimits, StateExplanations } from './state-explanations.js';

interface Change {
  readonly key: string;
  readonly add: number;
  readonly seq?: number;
}

const worker = defineWorker<Change, number>({
  name: 'mixed',
  version: '1',
  key: ({ value }) => value.key,
  initial: () => 1,
  evolve: (state, { value: { add } }) => (state * 31 + add) % 1_000_003,
});

const mixed = (...adds: readonly number[]): number => adds.reduce((state, add) => (state * 31 + add) % 1_000_003, 1);

function explain(
  incident: Omit<MemoryIncident, 'worker'> & Partial<Pick<MemoryIncident, 'worker'>>,
  limits: Partial<ExplanationLimits> = {},
  start: string | null = null,
): Promise<StateExplanations> {
  return withIncident({ worker, ...incident }, (prepared) => {
    const found = prepared.snapshots.candidates.find(({ description }) => description.id === start);
    const from = found === undefined ? null : { id: found.description.id, position: found.position };
    return explainStates({ prepared, start: from, limits }, {});
  });
}

const events = [5, 7, 9, 2].flatMap((add, index) => [
  { value: { key: 'a', add } },
  { value: { key: 'b', add: index } },
]);
const live = { id: 'live', next: [8], states: { a: mixed(5, 9, 2), b: mixed(0, 1, 2, 3) } };
const reasons = ({ undetermined }: StateExplanations): readonly string[] => undetermined.map(({ reason }) => reason);

describe('what states cannot tell', () => {
  it('finds the fault where nothing stands in the way', async () => {
    const { faults, keys, compared } = await explain({ events, live });
    expect(faults).toMatchObject([{ kind: 'missed', event: { offset: 2 }, keys: ['a'] }]);
    expect(keys).toMatchObject({ differing: 1, explained: 1, undetermined: 0 });
    expect(compared).toEqual([{ id: 'live', keys: 2, differing: 1 }]);
  });

  it('says that a key has more events than are gathered', async () => {
    const found = await explain({ events, live }, { eventsPerKey: 3 });
    expect(found.faults).toEqual([]);
    expect(reasons(found)[0]).toContain('more than 3 events');
  });

  it('says that there are too many ways to try', async () => {
    const found = await explain({ events, live }, { callsPerKey: 4 });
    expect(found.faults).toEqual([]);
    expect(reasons(found)[0]).toContain('too many ways');
  });

  it('counts the keys that it does not look into', async () => {
    const states = { a: mixed(5, 9, 2), b: mixed(0, 1) };
    const found = await explain({ events, live: { ...live, states } }, { keys: 1 });
    expect(found.keys).toMatchObject({ differing: 2, explained: 1, undetermined: 1, notLookedInto: 1 });
    expect(reasons(found)).toEqual(['1 more differing keys were not looked into']);
  });

  it('says that no event names a key', async () => {
    const states = { a: mixed(5, 7, 9, 2), b: mixed(0, 1, 2, 3), stranger: 4 };
    const found = await explain({ events, live: { ...live, states } });
    expect(found.undetermined).toMatchObject([{ key: 'stranger' }]);
    expect(reasons(found)[0]).toContain('no event');
  });

  it('says that no single fault explains a wrong result', async () => {
    const found = await explain({ events, live: { ...live, states: { ...live.states, a: 4711 } } });
    expect(found.faults).toEqual([]);
    expect(reasons(found)[0]).toContain('no single fault explains it');
  });

  it('names a pair of faults, and does not state it', async () => {
    const found = await explain({ events, live: { ...live, states: { ...live.states, a: mixed(5, 2) } } });
    expect(found.faults).toEqual([]);
    expect(reasons(found)[0]).toContain('t[0]@2 missed and t[0]@4 missed');
  });

  it('does not take an event that came late, behind a snapshot, for one that was missed', async () => {
    const snapshots = [{ id: 's-1', next: [4], states: { a: mixed(5), b: mixed(0, 1) } }];
    const late = await explain({
      events,
      snapshots,
      live: { ...live, states: { ...live.states, a: mixed(5, 9, 7, 2) } },
    });
    expect(late.faults).toMatchObject([{ kind: 'out-of-order', event: { offset: 2 }, other: { offset: 4 } }]);
    const missed = await explain({ events, snapshots, live });
    expect(missed.faults).toMatchObject([{ kind: 'missed', event: { offset: 2 } }]);
    // Missed or late, and another fault behind it: nobody can tell.
    const open = await explain({ events, snapshots, live: { ...live, states: { ...live.states, a: mixed(9, 9) } } });
    expect(open.faults).toEqual([]);
    expect(reasons(open)[0]).toContain('t[0]@2 missed');
  });

  it('compares nothing without a position on the log, or from a snapshot without the window of ids', async () => {
    const ahead = await explain({ events, live: { ...live, next: [99] } });
    expect(ahead.notCompared).toEqual({ kind: 'no-later-states' });
    const deduplicating = defineWorker<Change, number>({
      ...worker.definition,
      deduplicate: { id: () => null, window: 10 },
    } as never);
    const snapshots = [{ id: 's-1', next: [2], states: { a: mixed(5), b: mixed(0) } }];
    const windowed = await explain({ worker: deduplicating, events, live, snapshots }, {}, 's-1');
    expect(windowed.notCompared).toEqual({ kind: 'deduplication-window' });
    expect(windowed.faults).toEqual([]);
  });

  it('compares nothing behind a record that cannot be read', async () => {
    const lost = events.map((event, number) => (number === 4 ? { ...event, damaged: true as const } : event));
    const found = await explain({
      events: lost,
      live: { ...live, states: { a: mixed(5, 7, 9, 2), b: mixed(0, 1, 2, 3) } },
    });
    expect(found.notCompared).toMatchObject({ kind: 'gaps', gaps: [{ partition: 0, from: 4, to: 5 }] });
    expect(found.faults).toEqual([]);
  });

  it('says of small numbers that some wrong result may have led there too', async () => {
    // The same mistakes as elsewhere, among numbers so small that an accident hits them often.
    const pair = [
      { partition: 0, value: { key: 'a', add: 5, seq: 1 } },
      { partition: 1, value: { key: 'a', add: 7, seq: 2 } },
    ];
    const swapped = await explain({
      events: pair,
      live: { id: 'live', next: [1, 1], states: { a: mixed(7, 5) } },
      more: { order: { by: 'field', path: 'seq' } },
    });
    const sum = defineWorker<Change, number>({
      name: 'sum',
      version: '1',
      key: ({ value }) => value.key,
      initial: () => 0,
      evolve: (state, { value: { add } }) => state + add,
    });
    const twice = await explain({
      worker: sum,
      events: [{ value: { key: 'c', add: 1 } }],
      live: { id: 'live', next: [1], states: { c: 2 } },
    });
    for (const found of [swapped, twice]) {
      expect(found.faults).toEqual([]);
      expect(found.undetermined).toHaveLength(1);
      expect(reasons(found)[0]).toContain('wrong result');
    }
  });

  it('tells neighbours of two partitions apart only where their order is explicit', async () => {
    const pair = [
      { partition: 0, value: { key: 'a', add: 5003, seq: 1 } },
      { partition: 1, value: { key: 'a', add: 7001, seq: 2 } },
    ];
    const states = { id: 'live', next: [1, 1], states: { a: mixed(7001, 5003) } };
    const explicit = await explain({ events: pair, live: states, more: { order: { by: 'field', path: 'seq' } } });
    expect(explicit.faults).toMatchObject([
      { kind: 'out-of-order', event: { partition: 0, offset: 0 }, other: { partition: 1, offset: 0 } },
    ]);
    const byTime = await explain({ events: pair, live: states });
    expect(byTime.faults).toEqual([]);
    expect(byTime.keys.orderNotDetermined).toBe(1);
  });
});
