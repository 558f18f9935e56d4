import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IntendedOutput } from '../../model/outputs/output.js';
import { semanticId } from '../../model/outputs/semantic-id.js';
import { outputsTable, quarantinedTable, stateTable, type StateRow } from './export-table.js';
import { writeExport } from './write-export.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventmend-export-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const states: StateRow[] = [
  { key: '=HYPERLINK("x")', state: { b: 1, a: [null, 'é,"'] }, fidelity: 'exact', causes: ['genesis'] },
  { key: '__proto__', state: -5, fidelity: 'incomplete', causes: [] },
];

const output: IntendedOutput = {
  seq: 0,
  output: 'alert',
  kind: 'event',
  key: 'k',
  source: 's',
  topic: 't',
  incarnation: '',
  partition: 1,
  offset: 9007199254740991,
  time: null,
  ordinal: 0,
  businessId: null,
  value: '-1+1',
};

describe('writeExport', () => {
  it('writes NDJSON with the fields in order and offsets as texts', async () => {
    const file = join(folder, 'state.ndjson');
    expect(await writeExport({ table: stateTable, rows: states, format: 'ndjson', file })).toEqual({ rows: 2 });
    expect(readFileSync(file, 'utf8')).toBe(
      '{"key":"=HYPERLINK(\\"x\\")","state":{"b":1,"a":[null,"é,\\""]},"fidelity":"exact","causes":["genesis"]}\n' +
        '{"key":"__proto__","state":-5,"fidelity":"incomplete","causes":[]}\n',
    );
    const outputs = join(folder, 'outputs.ndjson');
    await writeExport({ table: outputsTable('w'), rows: [output], format: 'ndjson', file: outputs });
    expect(JSON.parse(readFileSync(outputs, 'utf8'))).toMatchObject({
      offset: '9007199254740991',
      time: null,
      semantic_id: semanticId('w', output),
    });
  });

  it('escapes in CSV what a spreadsheet would run, and leaves numbers alone', async () => {
    const file = join(folder, 'state.csv');
    await writeExport({ table: stateTable, rows: states, format: 'csv', file });
    const rows = parse<Record<string, string>>(readFileSync(file), { columns: true });
    expect(rows.map(({ key, state }) => [key, state])).toEqual([
      [`'=HYPERLINK("x")`, '{"b":1,"a":[null,"é,\\""]}'],
      ['__proto__', '-5'],
    ]);
    const outputs = join(folder, 'outputs.csv');
    await writeExport({ table: outputsTable('w'), rows: [output], format: 'csv', file: outputs });
    expect(parse<Record<string, string>>(readFileSync(outputs), { columns: true })[0]?.['value']).toBe('"-1+1"');
  });

  it('writes SQLite that SQL can read', async () => {
    const file = join(folder, 'all.sqlite');
    await writeExport({ table: outputsTable('w'), rows: [output], format: 'sqlite', file });
    const database = new Database(file, { readonly: true });
    try {
      expect(
        database.prepare("SELECT key, offset, partition, json_extract(value, '$') AS value FROM outputs").all(),
      ).toEqual([{ key: 'k', offset: '9007199254740991', partition: 1, value: '-1+1' }]);
    } finally {
      database.close();
    }
    expect(readdirSync(folder)).toEqual(['all.sqlite']);
  });

  it('never overwrites, and leaves nothing behind when the rows fail', async () => {
    const file = join(folder, 'kept.csv');
    writeFileSync(file, 'mine');
    await expect(writeExport({ table: quarantinedTable, rows: [], format: 'csv', file })).rejects.toMatchObject({
      code: 'file-exists',
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    function* failing(): Generator<StateRow> {
      yield states[0] as StateRow;
      throw new Error('store is gone');
    }
    for (const format of ['ndjson', 'csv', 'sqlite'] as const) {
      const target = join(folder, `failing.${format}`);
      await expect(writeExport({ table: stateTable, rows: failing(), format, file: target })).rejects.toThrow(
        'store is gone',
      );
      expect(existsSync(target)).toBe(false);
    }
    expect(readdirSync(folder)).toEqual(['kept.csv']);
  });

  it('stops cleanly when asked', async () => {
    const stop = new AbortController();
    const file = join(folder, 'endless.ndjson');
    function* endless(): Generator<StateRow> {
      for (let n = 0; ; n++) {
        if (n === 7_000) stop.abort();
        yield { key: String(n), state: n, fidelity: 'exact', causes: [] };
      }
    }
    await expect(
      writeExport({ table: stateTable, rows: endless(), format: 'ndjson', file }, { signal: stop.signal }),
    ).rejects.toMatchObject({ code: 'interrupted' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('gives every row back, whatever is in it', async () => {
    const row = fc.record({
      key: fc.string({ unit: 'binary' }),
      state: fc.jsonValue(),
      fidelity: fc.constant('exact'),
      causes: fc.array(fc.string(), { maxLength: 3 }),
    });
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
        const base = join(folder, `p${n++}`);
        await writeExport({ table: stateTable, rows, format: 'ndjson', file: `${base}.ndjson` });
        await writeExport({ table: stateTable, rows, format: 'csv', file: `${base}.csv` });
        const json = JSON.parse(JSON.stringify(rows)) as StateRow[];
        const lines = readFileSync(`${base}.ndjson`, 'utf8').split('\n').slice(0, -1);
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(json);
        const cells = parse<Record<string, string>>(readFileSync(`${base}.csv`), { columns: true });
        const asWritten = (text: string) => text.replace(/^'(?='*[=+\-@\t\r\n])/, '');
        expect(cells.map(({ key }) => asWritten(key ?? ''))).toEqual(
          rows.map(({ key }) => Buffer.from(key).toString()),
        );
      }),
      { numRuns: 60 },
    );
  });
});
