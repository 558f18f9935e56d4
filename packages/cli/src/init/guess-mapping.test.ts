import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { inspectEvents } from './inspect-events.js';
import { temporaryFolder } from '../../test/temporary-folder.js';

let folder: string;
beforeAll(() => temporaryFolder((path) => (folder = path)));

async function inspect(rows: readonly unknown[], name = 'orders.ndjson') {
  const file = join(folder, name);
  writeFileSync(file, rows.map((row) => JSON.stringify(row) + '\n').join(''));
  return inspectEvents(file, 'orders', new AbortController().signal);
}

const times = (count: number, make: (n: number) => unknown) => Array.from({ length: count }, (_, n) => make(n));

describe('what init makes of a file', () => {
  it('finds key, time, partition, offset and id by name and value', async () => {
    const rows = times(100, (n) => ({
      event_id: `e${n}`,
      customerId: n % 7,
      partition: n % 2,
      offset: Math.floor(n / 2),
      occurred_at: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
      amount: n * 3,
    }));
    const { mapping, preview } = await inspect(rows);
    expect(mapping).toEqual({
      topic: 'orders',
      partition: { column: 'partition' },
      offset: { column: 'offset' },
      key: 'customerId',
      time: { column: 'occurred_at' },
      id: 'event_id',
    });
    expect(preview[2]).toMatchObject({
      partition: 0,
      offset: 1,
      key: '2',
      time: Date.UTC(2026, 0, 1) + 2000,
      id: 'e2',
    });
  });

  it('takes offsets and partitions that are texts, as JSON of 64-bit numbers and CSV have them', async () => {
    const rows = times(20, (n) => ({ partition: String(n % 2), offset: String(Math.floor(n / 2)), shop: `s${n % 3}` }));
    const { mapping, preview } = await inspect(rows);
    expect(mapping).toMatchObject({ partition: { column: 'partition' }, offset: { column: 'offset' } });
    expect(preview[2]).toMatchObject({ partition: 0, offset: 1 });
    const others = await inspect(times(20, (n) => ({ offset: `x${n}`, shop: `s${n % 3}` })));
    expect(others.mapping.offset).toBe('assigned');
  });

  it('looks into nested values, and marks what is not in every row', async () => {
    const rows = times(50, (n) => ({
      meta: n % 5 === 0 ? {} : { ts: 1_767_225_600 + n },
      data: { account: `a${n % 3}` },
    }));
    const { mapping } = await inspect(rows);
    expect(mapping).toEqual({
      topic: 'orders',
      offset: 'assigned',
      key: 'data.account',
      time: { column: 'meta.ts', unit: 'seconds', optional: true },
    });
  });

  it('takes offsets of which one came twice, with the same row', async () => {
    const twice = (again: number) => inspect([...times(10, (n) => ({ offset: `${n}`, n })), { offset: '9', n: again }]);
    expect((await twice(9)).mapping.offset).toEqual({ column: 'offset' });
    expect((await twice(8)).mapping.offset).toBe('assigned');
  });

  it('does not take falling numbers for offsets', async () => {
    const { mapping, notes } = await inspect(times(10, (n) => ({ offset: 10 - n, shop: `s${n % 2}` })));
    expect(mapping.offset).toBe('assigned');
    expect(notes).toHaveLength(1);
  });

  it('takes rows as they come when nothing is recognised', async () => {
    const { mapping, preview } = await inspect(
      times(10, (n) => ({ a: n, b: { c: [1] } })),
      'my data.jsonl',
    );
    expect(mapping).toEqual({ topic: 'my-data', offset: 'assigned' });
    expect(preview[1]).toMatchObject({ partition: 0, offset: 1, key: null });
  });

  it('recognises what archive export writes', async () => {
    const rows = times(5, (n) => ({
      topic: 't',
      partition: 0,
      offset: String(n),
      timestamp: null,
      key: 'k',
      headers: null,
      value: { n },
    }));
    const { mapping, preview } = await inspect(rows);
    expect(mapping).toEqual({ form: 'envelope' });
    expect(preview[1]).toMatchObject({ topic: 't', offset: 1, value: { n: 1 } });
  });

  it('refuses a file without rows, and reads past a line that is cut', async () => {
    const file = join(folder, 'bad.ndjson');
    const inspected = () => inspectEvents(file, 'x', new AbortController().signal);
    writeFileSync(file, '');
    await expect(inspected()).rejects.toMatchObject({ code: 'unreadable-row' });
    writeFileSync(file, '{"a":');
    await expect(inspected()).rejects.toMatchObject({ code: 'unreadable-row' });
    writeFileSync(file, '{"a":1}\n{"a":');
    expect(await inspected()).toMatchObject({ rows: 1 });
  });
});
