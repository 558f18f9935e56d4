import { expect, it } from 'vitest';
import type { LiveStore } from '../store/live-store.js';
import { takeOver } from './held-partitions.js';

const id = { source: 's', topic: 't', incarnation: '', partition: 0 };

/** A store of which nothing is known, whose disk refuses the commit or does not. */
function storeWith(refusal: Error | null): LiveStore {
  const store: Pick<LiveStore, 'inTransaction' | 'partition' | 'writePartition'> = {
    inTransaction(work) {
      const result = work();
      if (refusal !== null) throw refusal;
      return result;
    },
    partition: () => null,
    writePartition: () => undefined,
  };
  return store as LiveStore;
}

it('holds a partition from its commit on: where the disk refused it, nobody was thrown out', () => {
  const held = new Map<string, number>();
  expect(() => takeOver(storeWith(new Error('disk I/O error')), held, '1:me', [id])).toThrow('disk I/O error');
  expect(held.size).toBe(0);
  expect(takeOver(storeWith(null), held, '1:me', [id])).toMatchObject([{ ...id, epoch: 1, owner: '1:me' }]);
  expect([...held.values()]).toEqual([1]);
});
