import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { positionToJson } from '../../../model/position/position.js';
import type { RowInput } from '../../rows/row-input.js';
import { describeSnapshotSourceContract } from '../../../testing/snapshot-source-contract.js';
import { scratchFolder } from '../../../testing/scratch-folder.js';
import { combineSnapshots } from '../combine-snapshots.js';
import { createMemorySnapshots } from '../memory-snapshots.js';
import type { SnapshotRow } from '../../../model/snapshots/snapshot-source.js';
import { openRowSnapshots } from './open-row-snapshots.js';
import type { RowSnapshot, StateMapping } from './row-snapshot.js';

const folder = scratchFolder();
afterAll(() => folder.remove());
const framework = { describe, it, expect };
let files = 0;

describeSnapshotSourceContract(framework, 'rows of NDJSON files', (snapshots) => ({
  source: openRowSnapshots(
    snapshots.map(({ rows, position, ...rest }) => ({
      ...rest,
      rows: { kind: 'file', format: 'ndjson', file: ndjson(rows) },
      mapping: { key: 'key', state: { form: 'column', column: 'state' } },
      position: position === null ? null : positionToJson(position),
    })),
  ),
}));

describeSnapshotSourceContract(framework, 'two sources as one', (snapshots) => ({
  source: combineSnapshots([
    createMemorySnapshots(snapshots.slice(0, 1)),
    openRowSnapshots(
      snapshots.slice(1).map(({ rows, position, ...rest }) => ({
        ...rest,
        rows: { kind: 'file', format: 'ndjson', file: ndjson(rows) },
        mapping: { key: 'key', state: { form: 'column', column: 'state' } },
        position: position === null ? null : positionToJson(position),
      })),
    ),
  ]),
}));

function ndjson(rows: readonly unknown[]): string {
  return folder.file(`rows-${files++}.ndjson`, rows.map((row) => JSON.stringify(row) + '\n').join(''));
}

function csv(text: string): RowInput {
  return { kind: 'file', format: 'csv', file: folder.file(`rows-${files++}.csv`, text) };
}

const snapshot = (rows: RowInput, mapping: StateMapping): RowSnapshot => ({
  ...{ id: 'live', rows, mapping, position: null, takenAt: null, stateVersion: 1, worker: null },
});

async function statesOf(rows: RowInput, mapping: StateMapping): Promise<readonly SnapshotRow[]> {
  const states: SnapshotRow[] = [];
  for await (const row of openRowSnapshots([snapshot(rows, mapping)]).rows('live')) states.push(row);
  return states;
}

async function reasonOf(rows: RowInput, mapping: StateMapping): Promise<string> {
  return (await openRowSnapshots([snapshot(rows, mapping)]).list()).damaged[0]?.reason ?? 'fine';
}

describe('states of rows', () => {
  const accounts = csv('id,zip,cents,rate,vip,tags,note\n007,01067,250,1.5,t,"[1,2]",\n008,,,,,,hello\n');

  it('takes CSV for text where no type is given', async () => {
    expect(await statesOf(accounts, { key: 'id', state: { form: 'row', drop: ['tags', 'note', 'rate'] } })).toEqual([
      { key: '007', state: { id: '007', zip: '01067', cents: '250', vip: 't' } },
      { key: '008', state: { id: '008', zip: '', cents: '', vip: '' } },
    ]);
  });

  it('makes types, and says by a rule what an empty cell is', async () => {
    const types = {
      zip: { type: 'text' },
      cents: { type: 'integer' },
      rate: { type: 'number', empty: 'absent' },
      vip: { type: 'boolean' },
      tags: { type: 'json' },
    } as const;
    expect(await statesOf(accounts, { key: 'id', state: { form: 'row', types, drop: ['id'] } })).toEqual([
      { key: '007', state: { zip: '01067', cents: 250, rate: 1.5, vip: true, tags: [1, 2], note: '' } },
      { key: '008', state: { zip: '', cents: null, vip: null, tags: null, note: 'hello' } },
    ]);
  });

  it('renames columns, and reads a column that is the state', async () => {
    const columns = [
      { field: 'open', column: 'cents', type: 'integer' },
      { field: '__proto__', column: 'zip' },
    ] as const;
    const [first] = await statesOf(accounts, { key: 'id', state: { form: 'columns', columns } });
    expect(JSON.stringify(first)).toBe('{"key":"007","state":{"open":250,"__proto__":"01067"}}');
    const documents = csv('k,doc\na,"{""n"":1}"\n');
    expect(await statesOf(documents, { key: 'k', state: { form: 'column', column: 'doc', type: 'json' } })).toEqual([
      { key: 'a', state: { n: 1 } },
    ]);
  });

  it.each([
    [
      'a zero in front',
      'integer',
      '007',
      /row 1: column "n" is to be an integer, and holds digits with a zero in front \(is it an id/,
    ],
    ['too many digits', 'number', '9007199254740993', /more digits than a number holds exactly/],
    ['a word', 'number', 'ten', /holds another text/],
    ['a fraction', 'integer', '1.5', /holds another text/],
    ['infinity', 'number', '1e999', /holds another text/],
    ['not JSON', 'json', '{', /is to be json/],
    ['neither true nor false', 'boolean', 'yes', /is to be a boolean/],
  ] as const)('refuses %s', async (_, type, cell, reason) => {
    const rows = csv(`k,n\na,${cell}\n`);
    expect(await reasonOf(rows, { key: 'k', state: { form: 'row', types: { n: { type } } } })).toMatch(reason);
  });

  it('names the row of a key that is there twice, is null, or of a column that is not there', async () => {
    const whole = { form: 'row' } as const;
    expect(await reasonOf(csv('k,n\na,1\nb,2\na,3\n'), { key: 'k', state: whole })).toMatch(
      /row 3: key "a" is there twice/,
    );
    const keyless: RowInput = { kind: 'file', format: 'ndjson', file: ndjson([{ k: 'a' }, { k: null }]) };
    expect(await reasonOf(keyless, { key: 'k', state: whole })).toMatch(
      /line 2.*column "k" holds null, not the key of a state/,
    );
    expect(await reasonOf(csv('customer,n\na,1\n'), { key: 'custmer', state: whole })).toMatch(
      /did you mean "customer"/,
    );
    expect(await reasonOf(csv('k,n\na,1\n'), { key: 'k', state: { form: 'row', drop: ['m'] } })).toMatch(
      /no column "m"/,
    );
  });

  it('says that a CSV file could be cut, and a database not', async () => {
    const file = folder.file('states.db', '');
    const database = new Database(file);
    database.exec("CREATE TABLE s (k TEXT, n INTEGER); INSERT INTO s VALUES ('a', 7)");
    database.close();
    const rows: RowInput = { kind: 'sqlite', file, from: { table: 's' } };
    const mapping: StateMapping = { key: 'k', state: { form: 'row', drop: ['k'] } };
    expect(await statesOf(rows, mapping)).toEqual([{ key: 'a', state: { n: 7 } }]);
    const [ofDatabase] = (await openRowSnapshots([snapshot(rows, mapping)]).list()).snapshots;
    const [ofText] = (await openRowSnapshots([snapshot(accounts, { key: 'id', state: { form: 'row' } })]).list())
      .snapshots;
    expect([ofDatabase?.completeness, ofText?.completeness]).toEqual([undefined, 'not-checked']);
  });

  it('notices a command that gives other rows when it is asked again', async () => {
    const script = "console.log('k,at\\na,' + process.hrtime.bigint())";
    const rows: RowInput = {
      kind: 'command',
      command: [process.execPath, '-e', script],
      format: 'csv',
      folder: folder.path,
    };
    await expect(statesOf(rows, { key: 'k', state: { form: 'row' } })).rejects.toMatchObject({
      code: 'invalid-snapshot',
      message: expect.stringMatching(/gave other rows/),
    });
  });
});
