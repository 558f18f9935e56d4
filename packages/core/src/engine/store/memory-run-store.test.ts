import { describe, expect, it } from 'vitest';
import { describeRunStoreContract } from '../../testing/run-store-contract.js';
import { hashState } from '../digest/state-digest.js';
import { createMemoryRunStore } from './memory-run-store.js';

describeRunStoreContract({ describe, it, expect }, 'memory', () => {
  const store = createMemoryRunStore();
  return { store, reopen: () => store, dispose: () => undefined };
});

describe('a fork', () => {
  it('goes its own way from the last commit on', async () => {
    const store = createMemoryRunStore();
    await store.writeBaseline([{ key: 'k', text: '1', hash: hashState('k', 1), part: 0 }]);
    const fork = store.fork();
    store.forceQuarantine({
      partition: { source: '', topic: 't', incarnation: '', partition: 0 },
      offset: 1,
      reason: '',
    });
    expect(fork.forcedQuarantines()).toEqual([]);
    expect(fork.state('k')?.text).toBe('1');
    expect(fork.baseline()).toEqual(store.baseline());
  });
});
