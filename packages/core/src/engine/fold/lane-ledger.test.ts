import { describe, expect, it } from 'vitest';
import { hashState } from '../digest/state-digest.js';
import { createMemoryRunStore } from '../store/memory-run-store.js';
import { LaneLedger } from './lane-ledger.js';

const nothing = '0'.repeat(64);

/** What two commits leave that set one key, set another and delete it again. */
function committed(comparesOnly: boolean) {
  const store = createMemoryRunStore({ comparesOnly });
  const ledger = new LaneLedger({
    ...{ lane: 0, store: store.lane(0), standings: [], ledgers: [], baselineCauses: [], segmentOrigins: [] },
    ...{ partOf: () => 0, ownsKeys: false, cachedStates: 10, deduplicationWindow: null },
  });
  const set = (key: string, state: unknown): void => {
    const entry = ledger.cache.get(key);
    entry.state = state;
    ledger.cache.markDirty(entry);
  };
  set('kept', { n: 1 });
  set('gone', { n: 2 });
  ledger.commit(0, false);
  set('gone', undefined);
  ledger.commit(0, true);
  const { stateDelta, keysDelta } = store.lane(0).head ?? {};
  return { states: [...store.states()].map(({ key, text, hash }) => [key, text, hash]), stateDelta, keysDelta };
}

describe('what a lane commits of its states', () => {
  it('is their texts and hashes, and a digest of them', () => {
    const hash = hashState('kept', { n: 1 });
    expect(committed(false)).toEqual({
      states: [
        ['gone', null, ''],
        ['kept', '{"n":1}', hash],
      ],
      stateDelta: hash,
      keysDelta: 1,
    });
  });

  it('is their texts alone where they are only compared', () => {
    const { states, stateDelta, keysDelta } = committed(true);
    expect(states.map(([key, text]) => [key, text])).toEqual([
      ['gone', null],
      ['kept', '{"n":1}'],
    ]);
    expect(states.some(([, , hash]) => hash === hashState('kept', { n: 1 }))).toBe(false);
    expect([stateDelta, keysDelta]).toEqual([nothing, 1]);
  });
});
