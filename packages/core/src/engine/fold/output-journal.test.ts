import { describe, expect, it } from 'vitest';
import { createMemoryRunStore } from '../store/memory-run-store.js';
import { emptyOutputChain } from '../digest/output-digest.js';
import { OutputJournal } from './output-journal.js';

function fill(journal: OutputJournal, count: number): OutputJournal {
  for (let offset = 0; offset < count; offset++) {
    const emitted = { output: 'o', key: 'k', businessId: null, value: offset };
    journal.append({ topic: 't', partition: 0, offset }, 5, 0, emitted);
  }
  return journal;
}

describe('the journal of outputs', () => {
  it('cuts chunks of a fixed number, and chains the full ones', () => {
    const journal = fill(new OutputJournal(), 1030);
    expect([journal.count, journal.chain === emptyOutputChain]).toEqual([1030, false]);
    expect(journal.take().map(({ number, count }) => [number, count])).toEqual([
      [0, 512],
      [1, 512],
      [2, 6],
    ]);
  });

  it('only counts where nobody asks what the outputs were', () => {
    const journal = fill(new OutputJournal(3, emptyOutputChain, null, true), 1030);
    expect([journal.count, journal.chain, journal.take()]).toEqual([1033, emptyOutputChain, []]);
  });
});

it('a store whose states are only compared says so, and its forks too', () => {
  const store = createMemoryRunStore({ comparesOnly: true });
  expect([store.lane(0).comparesOnly, store.fork().lane(0).comparesOnly]).toEqual([true, true]);
  expect('comparesOnly' in createMemoryRunStore().lane(0)).toBe(false);
});
