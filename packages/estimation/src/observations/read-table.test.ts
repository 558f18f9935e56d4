import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTable, type TableMapping } from './read-table.js';
import { seriesOfTable } from './series-of-table.js';

const folder = mkdtempSync(join(tmpdir(), 'eventmend-table-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(lines: readonly string[], mapping: Partial<TableMapping> = {}) {
  const file = join(folder, 'table.csv');
  writeFileSync(file, lines.join('\n'));
  return readTable(
    { kind: 'file', file, format: 'csv' },
    { time: { column: 'day' }, value: { column: 'n' }, ...mapping },
  );
}

const gap = { from: Date.parse('2026-03-03'), to: Date.parse('2026-03-04') };
const invalid = expect.objectContaining({ code: 'invalid-field' });

describe('a table', () => {
  it('becomes observations; an empty value is missing, and counted', async () => {
    const table = await read(['day,n', '2026-03-02,1.5', '2026-03-01,', '2026-03-03,0']);
    expect(table).toMatchObject({ rows: 3, empty: 1 });
    expect(table.byKey.get('')).toEqual([
      { time: Date.parse('2026-03-02'), value: 1.5 },
      { time: Date.parse('2026-03-03'), value: 0 },
    ]);
  });

  it('is refused at the first row that is not what was declared', async () => {
    for (const value of ['NaN', 'Infinity', '=1+1', '"1,5"', '1e400', '0x10', '12 EUR']) {
      await expect(read(['day,n', '2026-03-01,1', `2026-03-02,${value}`])).rejects.toThrow(invalid);
    }
    await expect(read(['day,n', 'today,1'])).rejects.toThrow(invalid);
    await expect(read(['day,n', '2026-03-01,1'], { value: { column: 'm' } })).rejects.toThrow(/no row has a value/);
    await expect(read(['day,n', '2026-03-01,'])).rejects.toThrow(invalid);
    expect(
      (
        await read(['day,n', '2026-03-01,"1.234,5"'], { value: { column: 'n', decimal: 'comma', thousands: '.' } })
      ).byKey.get(''),
    ).toMatchObject([{ value: 1234.5 }]);
  });

  it('leaves out what says an earlier row once more, by its id alone', async () => {
    const rows = ['day,id,n', '2026-03-01,a,1', '2026-03-01,a,1', '2026-03-02,,2', '2026-03-02,,2', '2026-03-03,a,1'];
    const table = await read(rows, { id: 'id' });
    // Without an id two equal rows may be two, and another time is another row.
    expect([table.byKey.get('')!.length, table.rows, table.repeated]).toEqual([4, 5, 1]);
    expect((await read(rows)).byKey.get('')).toHaveLength(5);
  });

  it('is one series for each key; events of all keys are complete where the table is', async () => {
    const table = await read(
      ['day,key,n', '2026-03-01T05:00Z,a,1', '2026-03-02T05:00Z,b,2', '2026-03-04T05:00Z,a,3', '2026-03-05T05:00Z,a,3'],
      { by: 'key' },
    );
    const series = seriesOfTable(table, gap, { measure: 'sum', rows: 'events' });
    expect([...series].map(([key, { values }]) => [key, [...values]])).toEqual([
      ['a', [NaN, 0, 0, 3, NaN]],
      ['b', [NaN, 2, 0, 0, NaN]],
    ]);
  });

  it('whose events end at the gap is complete up to it', async () => {
    const table = await read(['day,n', '2026-03-01T00:00Z,1', '2026-03-02T05:00Z,2']);
    const [series] = seriesOfTable(table, gap, { measure: 'count', rows: 'events', step: 'day' }).values();
    expect([...series!.values]).toEqual([1, 1]);
  });

  it('without rows, with several for an hour, or in an unknown zone makes no series', async () => {
    const unusable = expect.objectContaining({ code: 'unusable-series' });
    const settings = { measure: 'sum' } as const;
    const empty = await read(['day,n']);
    expect(() => seriesOfTable(empty, gap, settings)).toThrow(unusable);
    const events = await read(['day,n', '2026-03-01T05:00Z,1', '2026-03-01T05:01Z,1', '2026-03-01T05:02Z,1']);
    expect(() => seriesOfTable(events, gap, settings)).toThrow(unusable);
    expect(() => seriesOfTable(events, gap, { ...settings, zone: 'Mars/Olympus' })).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });
});
