import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import type { FindingText } from '../src/render/describe-finding.js';
import { expectedBalances, smallEvents, writeSmallIncident } from './small-incident.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const events = smallEvents(400);
const lanes = [0, 1].map((lane) => events.filter((event) => event.lane === lane).length);
const offsets = events.map(({ lane }, n) => events.slice(0, n).filter((event) => event.lane === lane).length);

function write(name: string, lines: readonly string[]): void {
  writeFileSync(join(folder, name), lines.join('\n') + '\n');
}

/** What the service left, as it should be: tests then break one thing. */
function writeResources(): void {
  const states = Object.entries(expectedBalances(events));
  write('state.csv', [
    'account,cents,count',
    ...states.map(([key, { balance, bookings }]) => `${key},${balance},${bookings}`),
  ]);
  write('sent.csv', [
    'acct,balance,lane,src',
    ...events.map(({ account, lane }, n) => `${account},${n},${lane},${offsets[n] ?? 0}`),
  ]);
  write('seen.csv', ['lane,src', ...events.map(({ lane }, n) => `${lane},${offsets[n] ?? 0}`)]);
}

const state = `
  state:
    csv: state.csv
    mapping: { key: account, state: { columns: { balance: { column: cents, type: integer }, bookings: { column: count, type: integer } } } }
    position: { bookings: { 0: "${lanes[0] ?? 0}", 1: "${lanes[1] ?? 0}" } }`;
const outputs = `
  outputs:
    csv: sent.csv
    mapping:
      output: balance
      key: acct
      value: { column: balance, type: integer }
      event: { topic: bookings, partition: lane, offset: src }`;
const ledger = `
  ledger:
    csv: seen.csv
    mapping: { event: { topic: bookings, partition: lane, offset: src } }`;

interface Diagnosis {
  readonly code: number | null;
  readonly of: (resource: string) => FindingText;
}

async function doctor(yaml: string): Promise<Diagnosis> {
  writeSmallIncident(folder, { events, yaml });
  const { out, code, err } = await runEventmend(folder, ['doctor', '--json']);
  const document = publishedSchemas['doctor.output'].parse(JSON.parse(out));
  return {
    code,
    of: (resource) => {
      const found = document.findings.find((finding) => finding.resource === resource);
      if (found === undefined) throw new Error(`no finding about ${resource}: ${out}${err}`);
      return found;
    },
  };
}

const remarksOf = ({ remarks }: FindingText): string =>
  remarks.map(({ kind, text, hint }) => `${kind}: ${text} (${hint ?? ''})`).join('\n');

describe('eventmend doctor', () => {
  it('says what of a worker its hash does not see, with the lines', async () => {
    const plain = await doctor('');
    expect(plain.of('worker').state).toBe('usable');
    writeSmallIncident(folder, { events, more: 'if (event.offset < 0) void import(String(event.offset));' });
    const { out, code } = await runEventmend(folder, ['doctor']);
    expect(code).toBe(0);
    expect(out.replace(/\s+/g, ' ')).toContain(
      'it imports by a path that is computed (worker.ts:12): if that changes, no plan becomes stale',
    );
  });

  it('shows how the rows of everything are understood', async () => {
    writeResources();
    const { code, of } = await doctor(`live:${state}${outputs}${ledger}\n`);
    expect(code).toBe(0);
    for (const resource of ['worker', 'log.ndjson', 'live.state', 'live.outputs', 'live.ledger']) {
      expect([resource, of(resource).state, remarksOf(of(resource))]).toEqual([resource, 'usable', '']);
    }
    expect(of('live.state').preview[0]).toMatchObject({
      place: 'row 1',
      row: expect.stringMatching(/^\{"account":"a\d+","cents":"\d+","count":"\d+"\}$/) as unknown,
      becomes: expect.stringMatching(/^key "a\d+", state \{"balance":\d+,"bookings":\d+\}$/) as unknown,
    });
    expect(of('live.outputs').found).toMatch(/^400 outputs of .*sent.csv, in the order of handling$/);
    expect(of('live.outputs').preview.map(({ becomes }) => becomes)[0]).toBe(
      'balance of key "a0": 0, event bookings[0]@0',
    );
    expect(of('live.ledger').preview.length).toBe(3);
  });

  it('fits people: rows beside what they become, the line to change, the next command', async () => {
    writeResources();
    writeSmallIncident(folder, { events, yaml: `live:${state.replace('column: cents', 'column: cent')}\n` });
    const { out, code } = await runEventmend(folder, ['doctor']);
    expect(code).toBe(16);
    expect(out).toMatch(/live\.state {2}cannot be used/);
    expect(out).toMatch(/did you\s+mean "cents"/);
    expect(out).toMatch(/do +line 10 \(live\.state\.mapping\)/);
    expect(out.trimEnd().split('\n').at(-1)).toBe('Next: eventmend doctor');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('finds a position beyond the log, and of a partition that is not there', async () => {
    writeResources();
    const beyond = await doctor(`live:${state.replace(`0: "${lanes[0] ?? 0}"`, '0: "9999"')}\n`);
    expect(beyond.code).toBe(16);
    expect(remarksOf(beyond.of('live.state'))).toMatch(
      /problem: live stands at bookings\[0\]@9,999, and the log ends at \d+/,
    );
    const unknown = await doctor(`live:${state.replace('0: "', '7: "')}\n`);
    expect(remarksOf(unknown.of('live.state'))).toMatch(/stands at bookings\[7\], and the log has no such partition/);
  });

  it('says that a state without a position is not compared', async () => {
    writeResources();
    const { code, of } = await doctor(`live:${state.replace(/\n +position.*/, '')}\n`);
    expect([code, of('live.state').state]).toEqual([0, 'doubtful']);
    expect(remarksOf(of('live.state'))).toMatch(/doubt: live has no position, so it is not compared/);
  });

  it('counts and names keys that no event names; that all are unknown is an error', async () => {
    writeResources();
    write('state.csv', ['account,cents,count', 'a1,1,1', 'ghost,1,1']);
    const one = await doctor(`live:${state}\n`);
    expect([one.code, remarksOf(one.of('live.state'))]).toEqual([
      0,
      'doubt: no event of the log names 1 of 2 keys: "ghost" ()',
    ]);
    const all = await doctor(`live:${state.replace('key: account', 'key: cents')}\n`);
    expect(all.code).toBe(16);
    write('state.csv', ['account,cents,count', 'x,1,1']);
    expect(remarksOf((await doctor(`live:${state}\n`)).of('live.state'))).toMatch(
      /problem: no event of the log names 1 of 1 keys/,
    );
  });

  it('finds outputs of events that the log does not have', async () => {
    writeResources();
    write('sent.csv', ['acct,balance,lane,src', 'a0,1,0,0', 'a0,1,0,99999', 'a0,1,5,0', 'a0,1,,']);
    const { code, of } = await doctor(`live:${outputs}\n`);
    expect(code).toBe(0);
    const remarks = remarksOf(of('live.outputs'));
    expect(remarks).toMatch(/1 of 4 rows name no event/);
    expect(remarks).toMatch(/1 of 4 rows name events of partitions that the log does not have, first bookings\[5\]@0/);
    expect(remarks).toMatch(/1 of 4 rows name offsets that the log never held, first bookings\[0\]@99999/);
    const topic = await doctor(`live:${outputs.replace('topic: bookings', 'topic: wrong')}\n`);
    expect(topic.code).toBe(16);
  });

  it('says which values are texts that look like JSON', async () => {
    writeResources();
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    write('sent.csv', ['acct,body,lane,src', ...[0, 1].map((n) => `a${n},${quoted(`{"balance": ${n}}`)},0,${n}`)]);
    write('state.csv', ['account,cents,tags', `a0,1,${quoted('["vip"]')}`, 'a1,2,[]']);
    const asText = outputs.replace('{ column: balance, type: integer }', '{ column: body }');
    const tagged = state.replace('{ column: count, type: integer }', 'tags').replaceAll('bookings: tags', 'tags: tags');
    const { code, of } = await doctor(`live:${tagged}${asText}\n`);
    expect([code, of('live.outputs').state, of('live.state').state]).toEqual([0, 'doubtful', 'doubtful']);
    const look = 'it is a text here, and looks like JSON';
    expect(of('live.outputs').remarks).toMatchObject([
      { key: 'live.outputs.mapping.value', text: expect.stringContaining(look) as unknown },
    ]);
    expect(of('live.state').remarks).toMatchObject([
      { key: 'live.state.mapping.state.columns.tags', text: expect.stringContaining(look) as unknown },
    ]);
    const typed = await doctor(`live:${tagged.replace('tags: tags', 'tags: { column: tags, type: json }')}\n`);
    expect(remarksOf(typed.of('live.state'))).toBe('');
  });

  it('counts outputs under one id: the same content is a repeat, another a contradiction', async () => {
    writeResources();
    write('sent.csv', ['acct,balance,lane,src,id', 'a0,1,0,0,x', 'a0,1,0,0,x', 'a0,2,0,1,x', 'a0,2,0,1,y']);
    const { code, of } = await doctor(`live:${outputs}\n      id: id\n`);
    expect(code).toBe(0);
    expect(remarksOf(of('live.outputs'))).toMatch(/1 output sent again under the id of an earlier one/);
    expect(remarksOf(of('live.outputs'))).toMatch(
      /1 output with the id of an earlier one and another content, first "x" \(rows 1 and 3\)/,
    );
  });

  it('finds event ids that the log does not have', async () => {
    writeResources();
    write('seen.csv', ['id', 'e-1', 'e-2']);
    const { code, of } = await doctor('live: { ledger: { csv: seen.csv, mapping: { event_id: id } } }\n');
    expect(code).toBe(16);
    expect(remarksOf(of('live.ledger'))).toMatch(/problem: no event of the log has 2 of 2 event ids: "e-1", "e-2"/);
  });

  it('does not believe a ledger in another order', async () => {
    writeResources();
    write('seen.csv', ['lane,src', ...events.map(({ lane }, n) => `${lane},${offsets[n] ?? 0}`).reverse()]);
    const { code, of } = await doctor(`live:${ledger}\n`);
    expect(code).toBe(0);
    expect(of('live.ledger').found).toMatch(/in no known order/);
    expect(remarksOf(of('live.ledger'))).toMatch(
      /offsets fall inside partitions 398 times.*counts as unknown \(sort the rows/,
    );
  });

  it('finds a column that is not there, a file that is missing, no database, and a command that fails', async () => {
    writeResources();
    const column = await doctor(`live:${outputs.replace('key: acct', 'key: act')}\n`);
    expect([column.code, remarksOf(column.of('live.outputs'))]).toEqual([
      16,
      expect.stringMatching(/EM2008: .*no column "act" \(did you mean "acct"/),
    ]);
    const missing = await doctor('live: { outputs: nowhere.ndjson }\n');
    expect([missing.code, remarksOf(missing.of('live.outputs'))]).toEqual([16, expect.stringMatching(/EM1003/)]);
    const none = await doctor('live: { state: { sqlite: state.csv, table: t, mapping: { key: k } } }\n');
    expect([none.code, remarksOf(none.of('live.state'))]).toEqual([16, expect.stringMatching(/not a SQLite database/)]);
    const command = await doctor(
      `live: { ledger: { command: [node, -e, "console.error('no such table'); process.exit(4)"], mapping: { event_id: k } } }\n`,
    );
    expect([command.code, remarksOf(command.of('live.ledger'))]).toEqual([
      16,
      expect.stringMatching(/EM2011: command node failed with exit code 4\nno such table/),
    ]);
  });

  it('says what order the records show, with ties, and refuses one that they do not', async () => {
    writeResources();
    const byOrder = await doctor(`order: { by: recorded, from: ledger }\nlive:${ledger}\n`);
    expect(byOrder.of('order')).toMatchObject({
      state: 'usable',
      found: 'a place for 400 events from live.ledger; 0 handled behind a later one, 0 repeated',
    });
    write('seen.csv', ['lane,src,at', ...events.map(({ lane }, n) => `${lane},${offsets[n] ?? 0},${n >> 1}`)]);
    const timed = ledger.replace('offset: src }', 'offset: src }, time: { column: at, unit: seconds }');
    const byTime = await doctor(`order: { by: recorded, from: ledger, using: time }\nlive:${timed}\n`);
    expect(remarksOf(byTime.of('order'))).toMatch(/doubt: 200 records have the time of the one in front/);
    const unknown = await doctor(`order: { by: recorded, from: ledger }\nlive:${ledger}\n    order: unknown\n`);
    expect([unknown.code, remarksOf(unknown.of('order'))]).toEqual([
      16,
      expect.stringMatching(/EM5004: .*using: time/),
    ]);
  });

  it('finds a worker that cannot be loaded, and goes on', async () => {
    writeResources();
    writeSmallIncident(folder, { events, yaml: `live:${outputs}\n`, more: '}}}' });
    const { code, out } = await runEventmend(folder, ['doctor', '--json']);
    expect(code).toBe(16);
    const { findings } = publishedSchemas['doctor.output'].parse(JSON.parse(out));
    expect(findings.map(({ resource, state: found }) => [resource, found])).toEqual([
      ['worker', 'unusable'],
      ['log.ndjson', 'usable'],
      ['live.outputs', 'usable'],
    ]);
  });
});

describe('resources of a live service in a recovery', () => {
  it('compares the live state of a database with a position, under the order that the outputs show', async () => {
    writeResources();
    const database = new Database(join(folder, 'live.db'));
    database.exec('CREATE TABLE accounts (id TEXT PRIMARY KEY, balance INTEGER, bookings INTEGER)');
    const insert = database.prepare('INSERT INTO accounts VALUES (?, ?, ?)');
    for (const [key, { balance, bookings }] of Object.entries(expectedBalances(events))) {
      insert.run(key, key === 'a3' ? balance + 1 : balance, bookings);
    }
    database.close();
    const position = `{ bookings: { 0: "${lanes[0] ?? 0}", 1: "${lanes[1] ?? 0}" } }`;
    writeSmallIncident(folder, {
      events,
      yaml: `order: { by: recorded, from: outputs }
live:
  state: { sqlite: live.db, table: accounts, mapping: { key: id, drop: [id] }, position: ${position} }${outputs}
`,
    });
    const assessed = await runEventmend(folder, ['assess']);
    expect(assessed.out).toMatch(/recorded +found.*sent\.csv/s);
    expect(assessed.out).not.toMatch(/does not compare outputs/);
    const recovered = await runEventmend(folder, ['recover', '--yes', '--json']);
    expect(recovered.code, recovered.err).toBe(0);
    expect(recovered.out).toMatch(/"differing": 1/);
  });
});
