import { describe, expect, it } from 'vitest';
import { createMemoryLedger } from './memory-ledger.js';
import { createMemoryRecordedOutputs } from './memory-recorded-outputs.js';

const event = { topic: 'orders', partition: 0, offset: 7 };

async function all<Row>(batches: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

describe('records in memory', () => {
  it('numbers outputs, fills in what is not said, and can be read twice', async () => {
    const outputs = createMemoryRecordedOutputs(
      [{ output: 'total', key: 'a', value: { n: 1 }, event }, { output: 'total' }],
      {
        batchRecords: 1,
      },
    );
    const rows = await all(outputs.read());
    expect(rows).toEqual([
      { seq: 0, output: 'total', key: 'a', value: { n: 1 }, event, eventId: null, businessId: null, time: null },
      { seq: 1, output: 'total', key: null, value: null, event: null, eventId: null, businessId: null, time: null },
    ]);
    (rows[0]?.value as { n: number }).n = 2;
    expect((await all(outputs.read()))[0]?.value).toEqual({ n: 1 });
    expect(await outputs.describe()).toMatchObject({ order: 'handling', from: null, until: null });
  });

  it('gives another digest for another content', async () => {
    const one = await createMemoryLedger([{ event }]).describe();
    const other = await createMemoryLedger([{ event }, { event }]).describe();
    expect(one.digest).not.toBe(other.digest);
  });

  it('numbers the entries of a ledger', async () => {
    const ledger = createMemoryLedger([{ event }, { eventId: 'e-1', time: 5 }], { order: 'unknown' });
    expect(await all(ledger.read())).toEqual([
      { seq: 0, event, eventId: null, time: null },
      { seq: 1, event: null, eventId: 'e-1', time: 5 },
    ]);
    expect(await ledger.describe()).toMatchObject({ order: 'unknown' });
  });
});
