import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { positionFromJson } from '@eventmend/core/engine';
import { writeNdjsonSnapshot } from '@eventmend/core';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import { textWidth } from '../src/terminal/text-width.js';
import { balanceWorker, expectedBalances, smallEvents, writeSmallIncident } from './small-incident.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const run = (...words: readonly string[]) => runEventmend(folder, words);
const events = smallEvents(300);
const places = events.map(({ lane }, n) => ({
  topic: 'bookings',
  partition: lane,
  offset: String(events.slice(0, n).filter((event) => event.lane === lane).length),
}));
const more = "context.emit('booked', { amount: event.value.amount, bookings: state.bookings + 1 });";

/** Booking 50 was missed, 100 handled twice, and 150 wrongly. */
const handled = events.flatMap((_, n) => (n === 50 ? [] : n === 100 ? [n, n] : [n]));

/** An incident whose service left outputs, and its state with the position. */
async function writeIncident(yaml = ''): Promise<void> {
  const lines = events.map((event, n) => JSON.stringify({ ...event, n }));
  const live = 'live: { outputs: ./sent.ndjson, state: ./live.ndjson }\norder: { by: field, field: n }\n';
  writeSmallIncident(folder, { events, lines, yaml: yaml === '' ? live : yaml });
  const reveals = "booked: { kind: 'event', reveals: [{ fields: { bookings: 'bookings' } }] },";
  writeFileSync(
    join(folder, 'worker.ts'),
    balanceWorker
      .replace(
        "balance: { kind: 'latest' }",
        `${reveals} balance: { kind: 'latest', reveals: [{ fields: { balance: '' } }] }`,
      )
      .replace('/* MORE */', more),
  );
  const states = new Map<string, { balance: number; bookings: number }>();
  const sent = handled.flatMap((n) => {
    const { account = '', amount = 0 } = events[n] ?? {};
    const believed = n === 150 ? amount + 7 : amount;
    const before = states.get(account) ?? { balance: 0, bookings: 0 };
    const balance = Math.max(0, before.balance + believed);
    const bookings = before.bookings + 1;
    states.set(account, { balance, bookings });
    const of = { key: account, ...places[n] };
    return [
      { output: 'booked', value: { amount: believed, bookings }, ...of },
      { output: 'balance', value: balance, ...of },
    ];
  });
  writeFileSync(join(folder, 'sent.ndjson'), sent.map((record) => JSON.stringify(record) + '\n').join(''));
  rmSync(join(folder, 'live.ndjson'), { force: true });
  await writeNdjsonSnapshot(join(folder, 'live.ndjson'), {
    id: 'live',
    takenAt: null,
    worker: null,
    stateVersion: 1,
    position: positionFromJson([0, 1].map((partition) => ({ topic: 'bookings', partition, next: nextOf(partition) }))),
    rows: [...states].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, state]) => ({ key, state })),
  });
}

/** A snapshot of the first ten events, which the service handled rightly: the worker reproduces it. */
async function earlySnapshot(): Promise<string> {
  const first = events.slice(0, 10);
  const next = [0, 1].map((partition) => ({
    topic: 'bookings',
    partition,
    next: String(first.filter(({ lane }) => lane === partition).length),
  }));
  await writeNdjsonSnapshot(join(folder, 'early.ndjson'), {
    id: 'early',
    takenAt: null,
    worker: null,
    stateVersion: 1,
    position: positionFromJson(next),
    rows: Object.entries(expectedBalances(first))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, state]) => ({ key, state })),
  });
  return 'early.ndjson';
}

function nextOf(partition: number): string {
  return String(events.filter(({ lane }) => lane === partition).length);
}

const nameOf = (n: number): string => `${places[n]?.partition ?? 0}@${places[n]?.offset ?? ''}`;
const expected = [`twice ${nameOf(100)}`, `wrong ${nameOf(150)}`, `missed ${nameOf(50)}`];

interface Document {
  readonly counts: Readonly<Record<string, number>>;
  readonly examples: readonly {
    readonly kind: string;
    readonly event: { readonly partition: number; readonly offset: string };
  }[];
  readonly exported: { readonly rows: number } | null;
  readonly faultsFile: string;
}

describe('eventmend diagnose', () => {
  it('tells what went wrong on 80 columns, with the next command last, and changes nothing but the store', async () => {
    await writeIncident();
    const before = readFileSync(join(folder, 'live.ndjson'), 'utf8');
    const { out, err, code } = await run('diagnose', '--quiet');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const line of out.split('\n')) expect(textWidth(line), line).toBeLessThanOrEqual(80);
    expect(out).toContain('1 missed, 1 handled twice, 1 wrong result');
    expect(out).toMatch(/evidence {4}sent\.ndjson: 300 handlings of 300 events/);
    expect(out).toMatch(/first {7}bookings\[\d\]@\d+ \(key a\d+\) missed:/);
    // Nothing shows what the worker is worth: neither a snapshot nor outputs from before an onset.
    expect(out).toMatch(/but first {3}nothing shows that the worker does what the service did/);
    expect(out.trimEnd().split('\n').at(-1)).toBe('Next: eventmend worker check');
    expect(readFileSync(join(folder, 'live.ndjson'), 'utf8')).toBe(before);
  });

  it('goes on to the plan where the worker was checked, and doubts it where faults lie before the onset', async () => {
    const live = 'live: { outputs: ./sent.ndjson, state: ./live.ndjson }\norder: { by: field, field: n }\n';
    const diagnosed = async (onset: number) => {
      await writeIncident(`${live}onset: ${events[onset]?.at ?? ''}\n`);
      const checked = await run('worker', 'check', '--json');
      const { out } = await run('diagnose', '--json');
      const document = JSON.parse(out) as Document & {
        readonly doubt: string | null;
        readonly next: readonly string[];
      };
      return { checked: checked.code, doubt: document.doubt, next: document.next };
    };
    expect(await diagnosed(50)).toEqual({ checked: 0, doubt: null, next: ['eventmend plan --out small.plan.json'] });
    expect(await diagnosed(140)).toMatchObject({
      doubt: expect.stringContaining('the faults may be its own: it does not reproduce') as unknown,
      next: ['eventmend worker check'],
    });
  });

  it('doubts the worker where faults lie before the onset that the incident gives', async () => {
    await writeIncident();
    const yaml = readFileSync(join(folder, 'small.incident.yaml'), 'utf8');
    const early = await earlySnapshot();
    writeFileSync(
      join(folder, 'small.incident.yaml'),
      `${yaml}snapshots: ./${early}\nonset: ${events[140]?.at ?? ''}\n`,
    );
    const { out } = await run('diagnose');
    expect(out).toMatch(/but first {3}faults before 2026-03-01 00:02:20 UTC/);
    expect(out.trimEnd().split('\n').at(-1)).toBe('Next: eventmend worker check');
  });

  it('gives one document, as its schema says', async () => {
    await writeIncident();
    const { out, code } = await run('diagnose', '--json');
    const document = JSON.parse(out) as Document;
    expect([code, publishedSchemas['diagnose.output'].parse(document)]).toEqual([0, document]);
    expect(document.counts).toMatchObject({ missed: 1, twice: 1, wrong: 1, 'out-of-order': 0 });
    const found = document.examples.map(({ kind, event }) => `${kind} ${event.partition}@${event.offset}`);
    expect(found.sort()).toEqual([...expected].sort());
    const lines = readFileSync(document.faultsFile, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(3);
  });

  it('exports every fault as CSV and NDJSON, and overwrites no file', async () => {
    await writeIncident();
    const csv = await run('diagnose', '--out', 'faults.csv');
    expect(csv.out).toContain('Wrote 3 faults to faults.csv');
    const rows = readFileSync(join(folder, 'faults.csv'), 'utf8').trimEnd().split(/\r?\n/);
    expect(rows[0]).toBe('kind,topic,partition,offset,time,keys,other_event,output,path,expected,recorded,evidence');
    expect(rows.slice(1).map((row) => row.split(',').slice(0, 4).join(' '))).toEqual(
      expected.map((fault) => fault.replace(/ (\d)@/, ' bookings $1 ')),
    );
    const ndjson = await run('diagnose', '--out', 'faults.ndjson', '--json');
    expect((JSON.parse(ndjson.out) as Document).exported).toMatchObject({ rows: 3 });
    const kinds = readFileSync(join(folder, 'faults.ndjson'), 'utf8').trimEnd().split('\n');
    expect(kinds.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(['twice', 'wrong', 'missed']);
    const again = await run('diagnose', '--out', 'faults.csv');
    expect([again.code, again.err.split(':')[0]]).toEqual([2, 'error EM1006']);
  });

  it('limits itself to keys', async () => {
    await writeIncident();
    const { account = '' } = events[100] ?? {};
    const { out, code } = await run('diagnose', '--keys', account, '--json');
    const { counts, scope } = JSON.parse(out) as Document & { readonly scope: unknown };
    const of = [50, 100, 150].filter((n) => events[n]?.account === account).length;
    expect([code, Object.values(counts).reduce((sum, one) => sum + one, 0)]).toEqual([0, of]);
    expect(scope).toEqual({ keys: 1, of: 11 });
    const unknown = await run('diagnose', '--keys', 'nobody');
    expect([unknown.code, unknown.err.split(':')[0]]).toEqual([2, 'error EM1009']);
  });

  it('without records and states has nothing to compare, and says what is missing', async () => {
    await writeIncident('order: { by: field, field: n }\n');
    const { out, code } = await run('diagnose');
    expect(code).toBe(0);
    expect(out).toContain('nothing to compare');
    expect(out).toContain('no event is shown to have been handled wrongly');
  });

  it('refuses what cannot be read', async () => {
    await writeIncident();
    writeFileSync(join(folder, 'sent.ndjson'), '{"output": "booked", "value"\n');
    const garbage = await run('diagnose');
    expect(garbage.err).toMatch(/^error EM\d{4}: [^]*sent\.ndjson/);
    expect(garbage.code).toBeGreaterThan(0);
    rmSync(join(folder, 'sent.ndjson'));
    const absent = await run('diagnose');
    expect(absent.err).toMatch(/^error EM\d{4}: [^]*sent\.ndjson/);
    expect([garbage.code, absent.code]).toEqual([1, 2]);
    const format = await run('diagnose', '--out', 'f.csv', '--format', 'xml');
    expect([format.code, format.out]).toEqual([2, '']);
    const ending = await run('diagnose', '--out', 'faults.txt');
    expect([ending.code, ending.out]).toEqual([2, '']);
  });
});
