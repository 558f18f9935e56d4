import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createMemoryLedger } from '../records/memory-ledger.js';
import { scratchFolder } from '../../testing/scratch-folder.js';
import { deriveRecordedOrder, type DerivedOrder } from './derive-recorded-order.js';
import { openRecordedOrder } from './recorded-order.js';

const folder = scratchFolder();
afterAll(() => folder.remove());
let orders = 0;

type Handled = readonly [partition: number, offset: number, time?: number];
const ledger = (handled: readonly Handled[], order: 'handling' | 'unknown' = 'handling') =>
  createMemoryLedger(
    handled.map(([partition, offset, time = null]) => ({ event: { topic: 't', partition, offset }, time })),
    { order, batchRecords: 3 },
  );

async function derived(handled: readonly Handled[], using: 'order' | 'time' = 'order') {
  const file = folder.file(`order-${orders++}.ndjson`);
  const counts = await deriveRecordedOrder(ledger(handled, using === 'time' ? 'unknown' : 'handling'), using, file);
  const order = await openRecordedOrder(file, `${file}.db`);
  const rank = (partition: number, offsets: readonly number[]) =>
    Array.from(order.ranks({ source: 's', topic: 't', incarnation: '', partition }, offsets));
  return { counts, rank, lines: readFileSync(file, 'utf8').trim().split('\n').length - 1, close: () => order.close() };
}

/** Offsets of all partitions in the order of their ranks. */
function sequence(
  rank: (partition: number, offsets: readonly number[]) => number[],
  offsets: readonly number[],
): string[] {
  const placed = [0, 1].flatMap((partition) =>
    rank(partition, offsets).map((at, index) => ({ at, partition, offset: offsets[index] ?? 0 })),
  );
  return placed
    .filter(({ at }) => !Number.isNaN(at))
    .sort((a, b) => a.at - b.at || a.partition - b.partition || a.offset - b.offset)
    .map(({ partition, offset }) => `${partition}@${offset}`);
}

describe('the order that records show', () => {
  it('places each event at its first handling, and what was missed or late right before the next of its partition', async () => {
    // 0@1 was missed, 0@2 came late, behind 0@3, and 1@0 was handled twice.
    const { counts, rank, close } = await derived([
      [0, 0],
      [1, 0],
      [0, 3],
      [1, 0],
      [1, 1],
      [0, 2],
      [0, 4],
    ]);
    expect(sequence(rank, [0, 1, 2, 3, 4])).toEqual(['0@0', '1@0', '0@1', '0@2', '0@3', '1@1', '0@4']);
    expect(counts).toEqual({ placed: 5, silent: 0, repeated: 1, late: 1, tied: 0 } satisfies DerivedOrder);
    close();
  });

  it('gives no place to what is in front of the first record of a partition, or behind the last', async () => {
    const { rank, close } = await derived([
      [0, 5],
      [0, 7],
    ]);
    const ranks = rank(0, [3, 4, 5, 6, 7, 8]);
    expect(ranks.map((at) => !Number.isNaN(at))).toEqual([false, false, true, true, true, false]);
    close();
  });

  it('answers the same for whole pages and single offsets', async () => {
    const event = fc.tuple(fc.nat(1), fc.nat(12));
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), fc.nat(12), async (handled, cut) => {
        const { rank, close } = await derived(handled);
        const offsets = Array.from({ length: 14 }, (_, offset) => offset);
        for (const partition of [0, 1]) {
          const whole = rank(partition, offsets);
          expect(offsets.flatMap((offset) => rank(partition, [offset]))).toEqual(whole);
          expect([...rank(partition, offsets.slice(0, cut)), ...rank(partition, offsets.slice(cut))]).toEqual(whole);
          const known = whole.filter((at) => !Number.isNaN(at));
          expect(known).toEqual([...known].sort((a, b) => a - b));
        }
        close();
      }),
      { numRuns: 60 },
    );
  });

  it('sorts by time where only that is recorded, and counts ties', async () => {
    const { counts, rank, close } = await derived(
      [
        [0, 1, 30],
        [1, 0, 10],
        [0, 0, 10],
        [1, 1, 20],
      ],
      'time',
    );
    expect(sequence(rank, [0, 1])).toEqual(['1@0', '0@0', '1@1', '0@1']);
    expect(counts).toMatchObject({ placed: 4, tied: 1 });
    close();
  });

  it('counts records that name no event', async () => {
    const file = folder.file('silent.ndjson');
    const records = createMemoryLedger([{ eventId: 'e-1' }, { event: { topic: 't', partition: 0, offset: 0 } }]);
    expect(await deriveRecordedOrder(records, 'order', file)).toMatchObject({ placed: 1, silent: 1 });
    expect(await deriveRecordedOrder(records, 'time', file)).toMatchObject({ placed: 0, silent: 2 });
  });

  it('refuses records in another order', async () => {
    const file = folder.file('refused.ndjson');
    await expect(deriveRecordedOrder(ledger([[0, 0]], 'unknown'), 'order', file)).rejects.toMatchObject({
      code: 'records-out-of-order',
      hint: expect.stringMatching(/using: time/) as unknown,
    });
  });

  it('says that the disk refused', async () => {
    await expect(deriveRecordedOrder(ledger([[0, 0]]), 'order', '/dev/full/x')).rejects.toBeDefined();
  });
});
