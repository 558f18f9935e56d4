import {
  createMemoryLedger,
  createMemoryRecordedOutputs,
  defineWorker,
  type LedgerEntry,
  type Worker,
} from '@eventmend/core';
import { describe, expect, it } from 'vitest';
import { diagnose, type Undetermined } from '@eventmend/log-replay';
import { readFaults } from '../../src/diagnose/fault-files.js';
import { withIncident } from '../diagnose/memory-incident.js';

interface Change {
  readonly key: string;
  readonly add: number;
}

const evolve = (state: number, add: number): number => (state * 31 + add) % 1_000_003;
const worker: Worker = defineWorker<Change, number>({
  name: 'mixed',
  version: '1',
  key: ({ value }) => value.key,
  initial: () => 1,
  outputs: { moved: { kind: 'event' } },
  evolve(state, { value: { add } }, context) {
    context.emit('moved', { add });
    return evolve(state, add);
  },
});

const adds = [5, 7, 9, 2, 11, 4, 8];
const events = adds.map((add) => ({ value: { key: 'a', add } }));
const stateAfter = (handled: readonly number[]): number =>
  handled.reduce((state, number) => evolve(state, adds[number] as number), 1);
const refOf = (offset: number) => ({ topic: 't', partition: 0, offset });
const outputsOf = (handled: readonly number[]) =>
  createMemoryRecordedOutputs(
    handled.map((offset) => ({ output: 'moved', key: 'a', value: { add: adds[offset] }, event: refOf(offset) })),
    { order: 'handling' },
  );

/** What is told where the outputs of some handlings were recorded, and the state of others is found. */
async function toldOf(recorded: readonly number[], handled: readonly number[]) {
  const live = { id: 'live', next: [adds.length], states: { a: stateAfter(handled) } };
  return withIncident(
    { worker, events, live, more: { recordedOutputs: outputsOf(recorded) } },
    async ({ situation }) => {
      const { firstUndetermined, live: explained } = await diagnose(situation);
      return { faults: faultsIn(situation.store), open: firstUndetermined.map(offsetOf), explained };
    },
  );
}

const faultsIn = (store: string) => [...readFaults(store)].map(({ kind, event }) => `${kind} ${event.offset}`);
const offsetOf = ({ event }: Undetermined): number | null => event?.offset ?? null;

describe('what outputs that reveal no state leave open, the live state decides', () => {
  it('an event without records was missed where only histories without it lead to the state', async () => {
    const told = await toldOf([0, 1, 3, 4, 5, 6], [0, 1, 3, 4, 5, 6]);
    expect(told.faults).toEqual(['missed 2']);
    expect(told.open).toEqual([]);
    expect(told.explained).toMatchObject({ wrong: 1, reproduced: 1, unexplained: 0 });
  });

  it('it is not told to be missed where it was handled, in its turn or late, and its outputs are lost', async () => {
    for (const handled of [
      [0, 1, 2, 3, 4, 5, 6],
      [0, 1, 3, 4, 2, 5, 6],
      [0, 1, 3, 4, 5, 6, 2],
    ]) {
      const told = await toldOf([0, 1, 3, 4, 5, 6], handled);
      expect(told.faults, handled.join()).toEqual([]);
      expect(told.open, handled.join()).toContain(2);
    }
  });

  it('records that came again are of a second handling where the state is, and not where it is not', async () => {
    const recorded = [0, 1, 2, 3, 2, 4, 5, 6];
    expect((await toldOf(recorded, recorded)).faults).toEqual(['twice 2']);
    const once = await toldOf(recorded, [0, 1, 2, 3, 4, 5, 6]);
    expect(once.faults).toEqual([]);
    expect(once.open).toEqual([2]);
  });

  it('answers several questions of one key together', async () => {
    const recorded = [0, 1, 2, 3, 4, 6, 6];
    const twice = await toldOf(recorded, recorded);
    expect(twice.faults.sort()).toEqual(['missed 5', 'twice 6']);
    expect(twice.open).toEqual([]);
    const once = await toldOf(recorded, [0, 1, 2, 3, 4, 6]);
    expect(once.faults).toEqual(['missed 5']);
    expect(once.open).toEqual([6]);
  });

  it('says nothing where a state leads nowhere that the records allow', async () => {
    const told = await toldOf([0, 1, 3, 4, 5, 6], [0, 0, 1, 3, 4, 5, 6]);
    expect(told.faults.filter((fault) => fault !== 'twice 0')).toEqual([]);
  });
});

describe('a ledger in no order is counted', () => {
  const entry = (offset: number, time: number): LedgerEntry => ({ seq: 0, event: refOf(offset), eventId: null, time });
  const told = (entries: readonly LedgerEntry[], of: Worker = worker, more = {}) =>
    withIncident(
      {
        worker: of,
        events,
        // States that fit nothing, so that only the ledger speaks.
        live: { id: 'live', next: [adds.length], states: { a: 1 } },
        more: { ledger: createMemoryLedger([...entries], { order: 'unknown' }), ...more },
      },
      async ({ situation }) => {
        const { evidence, counts } = await diagnose(situation);
        return { faults: faultsIn(situation.store), evidence, counts };
      },
    );

  it('tells an event that it names at two times, and one that it does not name behind three that it does', async () => {
    const entries = [entry(6, 60), entry(1, 10), entry(2, 20), entry(5, 55), entry(0, 0), entry(3, 30), entry(5, 50)];
    const { faults, counts } = await told(entries);
    expect(faults).toEqual(['missed 4', 'twice 5']);
    expect(counts).toMatchObject({ missed: 1, twice: 1 });
  });

  it('takes an entry that is written again for no handling, and events before its beginning for noted nowhere', async () => {
    const { faults } = await told([entry(6, 60), entry(3, 30), entry(3, 30), entry(4, 40), entry(5, 50)]);
    expect(faults).toEqual([]);
    expect((await told([entry(0, 0), entry(1, 10), entry(3, 30), entry(4, 40), entry(6, 60)])).faults).toEqual([]);
  });

  it('says nothing of a worker that leaves events out under the business id of others', async () => {
    const deduplicating = { ...worker, deduplicate: { id: () => null, window: 10 } } as Worker;
    const entries = [entry(0, 0), entry(1, 10), entry(2, 20), entry(4, 40), entry(4, 41), entry(5, 50), entry(6, 60)];
    expect((await told(entries, deduplicating)).faults).toEqual([]);
    expect((await told(entries)).faults).toEqual(['missed 3', 'twice 4']);
  });

  it('adds to what outputs tell, and says nothing twice', async () => {
    const entries = [entry(0, 0), entry(1, 10), entry(2, 20), entry(4, 40), entry(5, 50), entry(6, 60), entry(6, 61)];
    const { faults } = await told(entries, worker, { recordedOutputs: outputsOf([0, 1, 2, 4, 5, 6, 6]) });
    expect(faults).toEqual(['missed 3', 'twice 6']);
  });
});
