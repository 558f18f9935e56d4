// Made the resources and recordings of this folder, with the code of format 0.1; see README.md before it is run again.
// From the root of the repository, after a build, with a new folder whose name the archives will remember:
// npx jiti packages/cli/test/written-by-0.1/make-fixtures.ts --in /srv/bank
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createArchiveWriter } from '@eventmend/core/archive';
import Database from 'better-sqlite3';
import { packResources, record, recordedCommands, recordingFile, runOfPlan } from '../recorded-commands.js';
import { spawnEventmend } from '../spawn-eventmend.js';
import { feeOf } from './resources/rules.js';

const here = dirname(fileURLToPath(import.meta.url));
const resources = join(here, 'resources');
const recorded = join(here, 'recorded');
/** Written by hand; everything else in `resources` is made here. */
const sources = /\.(ts|mjs|yaml)$/;

const recordingsOnly = process.argv.includes('--recordings-only');
const folder = process.argv[process.argv.indexOf('--in') + 1] ?? '';
const write = (name: string, text: string) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const writeLines = (name: string, rows: readonly unknown[]) =>
  write(name, rows.map((row) => JSON.stringify(row) + '\n').join(''));

async function run(...words: string[]): Promise<string> {
  const { code, out, err } = await spawnEventmend(folder, [...words, '--quiet']);
  if (code !== 0) throw new Error(`eventmend ${words.join(' ')}: ${code}\n${out}${err}`);
  return out;
}

// --- the bank: two topics, four partitions, missing and falling times, one event that cannot be handled

const beginning = Date.UTC(2026, 2, 1);
const count = 600;
const onset = 360;
const accounts = 9;

interface BankEvent {
  readonly n: number;
  readonly topic: string;
  readonly part: number;
  readonly at: string;
  readonly time: number | null;
  readonly key: string | null;
  readonly value: Readonly<Record<string, unknown>>;
}

function bankEvents(): BankEvent[] {
  const next = new Map<string, number>();
  return Array.from({ length: count }, (_, n) => {
    const grant = n % 6 === 0;
    const topic = grant ? 'grants' : 'transfers';
    const part = grant ? 0 : n % 3;
    const offset = next.get(`${topic}/${part}`) ?? 0;
    next.set(`${topic}/${part}`, offset + 1);
    const second = n % 89 === 7 ? n - 5 : n;
    const from = `a${(n * 7) % accounts}`;
    const to = `a${(n * 5 + 1) % accounts}`;
    const cents = n === 451 ? 'lots' : 20 + ((n * 137) % 480);
    const value = grant ? { account: from, cents: 400 + (n % 70) } : { from, to: to === from ? 'a9' : to, cents };
    return {
      ...{ n, topic, part, at: String(offset), time: n % 97 === 5 ? null : beginning + second * 1000 },
      ...{ key: n % 4 === 0 ? null : from, value },
    };
  });
}

/** The canonical order: by time, which a missing or falling one is lent by its partition; then partition, then offset. */
function inOrder(events: readonly BankEvent[]): BankEvent[] {
  const watermarks = new Map<string, number>();
  const placed = events.map((event) => {
    const partition = `${event.topic}/${event.part}`;
    const time = Math.max(watermarks.get(partition) ?? -Infinity, event.time ?? -Infinity);
    watermarks.set(partition, time);
    return { event, time, partition };
  });
  placed.sort(
    (a, b) =>
      (a.time === b.time ? 0 : a.time - b.time) ||
      (a.partition < b.partition ? -1 : a.partition > b.partition ? 1 : Number(a.event.at) - Number(b.event.at)),
  );
  return placed.map(({ event }) => event);
}

type States = Record<string, { cents: number; moves: number }>;
type Sent = Readonly<Record<string, unknown>>;

/** The service itself, written apart from the worker. */
function handle(states: States, { topic, part, at, value, n }: BankEvent, faulty: boolean): Sent[] {
  if (typeof value['cents'] !== 'number') return [];
  const sent: Sent[] = [];
  const { cents } = value as { cents: number };
  const send = (output: string, key: string, said: unknown) =>
    sent.push({ output, key, value: said, topic, part, at, sent_at: beginning + n * 1000 + 40 });
  const change = (key: string, by: number) => {
    const before = states[key] ?? { cents: 0, moves: 0 };
    const after = { cents: before.cents + by, moves: before.moves + 1 };
    states[key] = after;
    send('balance', key, after);
  };
  if ('account' in value) {
    change(value['account'] as string, cents);
    send('turnover', 'all', cents);
    return sent;
  }
  const { from, to } = value as { from: string; to: string };
  const fee = faulty && cents >= 300 ? 0 : feeOf(cents);
  const moved = Math.min(cents, Math.max(0, (states[from]?.cents ?? 0) - fee));
  send('moved', from, { from, to, cents: moved });
  if (moved < cents) send('letter', from, { to: from, missing: cents - moved });
  change(from, moved === 0 ? 0 : -moved - fee);
  change(to, moved);
  return sent;
}

function snapshot(id: string, read: readonly BankEvent[], states: States): void {
  const partitions = [['grants', 0] as const, ...[0, 1, 2].map((part) => ['transfers', part] as const)];
  const position = partitions.map(([topic, partition]) => ({
    ...{ source: 'bank', topic, partition },
    next: String(read.filter((event) => event.topic === topic && event.part === partition).length),
  }));
  const taken_at = new Date(beginning + (read.at(-1)?.n ?? 0) * 1000).toISOString();
  const rows = Object.keys(states).sort();
  writeLines(id === 'live' ? 'live.ndjson' : `snapshots/${id}.ndjson`, [
    { format_version: 1, kind: 'snapshot', id, taken_at, worker: 'bank@2.0.0', state_version: 1, position },
    ...rows.map((key) => ({ key, state: states[key] })),
  ]);
}

function playBank(): void {
  const events = bankEvents();
  const row = ({ n: _, time, key, ...event }: BankEvent, n: number) => ({
    ...event,
    ...(time !== null && { time }),
    ...(key !== null && { key }),
    ...(n % 10 === 3 && { headers: { trace: `t-${n}` } }),
  });
  const rows = events.map(row);
  // The files overlap, and one row stands twice.
  writeLines('history-1.ndjson', rows.slice(0, 250));
  writeLines('history-2.ndjson', [...rows.slice(240, 400), ...rows.slice(396, 400)]);
  writeLines('recent.ndjson', rows.slice(380));

  const states: States = {};
  const sent: Sent[] = [];
  const order = inOrder(events);
  const [missed, twice] = [new Set([371, 412, 527]), new Set([388, 475])];
  order.forEach((event, handled) => {
    const faulty = event.n >= onset;
    if (!missed.has(event.n)) sent.push(...handle(states, event, faulty));
    if (twice.has(event.n)) sent.push(...handle(states, event, faulty));
    const id = { 200: 's-1', 340: 's-2', 480: 's-3', [count]: 'live' }[handled + 1];
    if (id !== undefined) snapshot(id, order.slice(0, handled + 1), states);
  });
  writeLines('sent.ndjson', sent);
}

// --- deposits: offsets are missing, a ledger tells the order in which they were handled, and the archive is sealed

function playDeposits(): void {
  const all = Array.from({ length: 90 }, (_, n) => ({
    ...{ branch: n % 2, number: String(Math.floor(n / 2)), account: `b${n % 2}-${(n >> 1) % 5}` },
    ...{ cents: String(((n * 37) % 90) - 30), at: new Date(beginning + n * 500).toISOString() },
  }));
  const kept = all.filter((_, n) => n !== 40 && n !== 42);
  writeLines('deposits.ndjson', kept);
  const handled = kept.filter(({ number, branch }) => !(branch === 1 && ['30', '33'].includes(number)));
  writeLines(
    'deposits-ledger.ndjson',
    // The second branch is handled a little late.
    handled
      .map((event, n) => ({ event, place: n + event.branch * 7 }))
      .sort((a, b) => a.place - b.place)
      .map(({ event: { branch, number } }) => ({ branch, number })),
  );
  const live = new Map<string, { cents: number; last: string }>();
  for (const { account, cents } of handled)
    live.set(account, { cents: Math.max(0, (live.get(account)?.cents ?? 0) + Number(cents)), last: cents });
  const lines = [...live].map(([account, { cents, last }]) => `${account},${cents},${last}`);
  write('deposits-live.csv', ['account,cents,last', ...lines].join('\n') + '\n');
  write('deposits-live.position.json', JSON.stringify({ deposits: { 0: '45', 1: '45' } }, null, 2) + '\n');
}

// --- readings: values in Avro, with the schemas beside them as `save` keeps them

/** Avro's `long`: zigzag, then seven bits a byte. */
function avroLong(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = BigInt(value) * 2n; ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}

function writeReadings(): void {
  const schemas = [1, 2].map((version) => ({
    type: 'record',
    name: 'Reading',
    fields: [
      { name: 'meter', type: 'string' },
      { name: 'kwh', type: 'double' },
      { name: 'at', type: version === 1 ? 'long' : ['null', 'long'] },
    ],
  }));
  const writer = createArchiveWriter(join(folder, 'readings.archive'), { source: 'meters' });
  const partition = writer.partition({ source: 'meters', topic: 'readings', incarnation: '', partition: 0 }, 100);
  for (let n = 0; n < 40; n++) {
    const version = n < 25 ? 1 : 2;
    const at = beginning + n * 60_000;
    const union = version === 1 ? [] : [avroLong(n % 2)];
    const read = version === 2 && n % 2 === 0 ? [] : [avroLong(at)];
    const kwh = Buffer.alloc(8);
    kwh.writeDoubleLE(n / 4);
    const meter = Buffer.from(`m${n % 3}`);
    const head = [Buffer.from([0, 0, 0, 0, 40 + version]), avroLong(meter.length), meter];
    const value = Buffer.concat([...head, kwh, ...union, ...read]);
    const headers = n % 5 === 0 ? ([['from', 'grid']] as const) : null;
    partition.append({ offset: 100 + n, time: at, timeType: 'create', key: `m${n % 3}`, headers, value });
  }
  schemas.forEach((schema, n) => {
    const body = { id: 41 + n, type: 'AVRO', schema: JSON.stringify(schema), references: [] };
    writer.setProgress(`kafka:schema:${41 + n}`, body);
  });
  writer.commit();
  writer.close();
}

// --- the store

/** Stops a recovery when a part of it is committed: with kill -9, or as Ctrl-C does. */
async function stopHalfway(plan: string, signal: 'SIGKILL' | 'SIGINT'): Promise<void> {
  const runFolder = join(folder, 'store', 'runs', runOfPlan(folder, plan));
  const file = join(runFolder, 'run.db');
  for (;;) {
    rmSync(runFolder, { recursive: true, force: true });
    let kill: (name: NodeJS.Signals) => void = () => undefined;
    const ending = spawnEventmend(folder, ['recover', '--plan', plan, '--quiet'], { onSpawn: (stop) => (kill = stop) });
    let ended = false;
    void ending.finally(() => (ended = true));
    while (!ended && commitsIn(file) < 6) await sleep(1);
    kill(signal);
    const { code } = await ending;
    if (code === (signal === 'SIGKILL' ? null : 130)) break;
  }
  process.stdout.write(`${signal} after ${commitsIn(file)} commits\n`);
  // Shared memory of the dead process; it is made again.
  rmSync(`${file}-shm`, { force: true });
}

function commitsIn(file: string): number {
  if (!existsSync(file)) return 0;
  try {
    const database = new Database(file, { readonly: true });
    try {
      return database.prepare('SELECT count(*) FROM commits').pluck().get() as number;
    } finally {
      database.close();
    }
  } catch {
    return 0; // it is being made
  }
}

async function makeStore(): Promise<void> {
  const bank = 'bank.incident.yaml';
  await run('archive', 'import', 'history-1.ndjson', 'history-2.ndjson', '--into', 'bank.archive', '--incident', bank);
  await run(
    ...['archive', 'import', 'deposits.ndjson', '--into', 'deposits.archive', '--seal'],
    ...['--incident', 'deposits.incident.yaml'],
  );
  await run('worker', 'check', bank);
  await run('plan', bank, '--out', 'verified.plan.json');
  await run('plan', bank, '--out', 'killed.plan.json', '--baseline', 'genesis');
  await run('plan', bank, '--out', 'stopped.plan.json', '--baseline', 's-1');
  await run('plan', bank, '--out', 'only.plan.json', '--target-event', 'transfers[1]@150');
  await run('diagnose', bank);
  await run('recover', '--plan', 'verified.plan.json');
  await run('verify', runOfPlan(folder, 'verified.plan.json'));
  await run('corrections', runOfPlan(folder, 'verified.plan.json'));
  await run('plan', 'deposits.incident.yaml', '--out', 'deposits.plan.json');
  await stopHalfway('stopped.plan.json', 'SIGINT');
  await stopHalfway('killed.plan.json', 'SIGKILL');
}

async function makeResources(): Promise<void> {
  if (!process.argv.includes('--in')) throw new Error('--in FOLDER is missing');
  mkdirSync(folder);
  cpSync(resources, folder, { recursive: true, filter: (file) => file === resources || sources.test(file) });
  playBank();
  playDeposits();
  writeReadings();
  await makeStore();
  for (const name of readdirSync(resources)) {
    if (!sources.test(name)) rmSync(join(resources, name), { recursive: true });
  }
  packResources(folder, resources);
  rmSync(folder, { recursive: true });
}

async function makeRecordings(): Promise<void> {
  rmSync(recorded, { recursive: true, force: true });
  mkdirSync(recorded);
  for (const command of recordedCommands(resources)) {
    for (const form of ['json', 'text'] as const) {
      const { file, text } = recordingFile(command, form, await record(resources, command, form));
      writeFileSync(join(recorded, file), text);
    }
  }
}

if (!recordingsOnly) await makeResources();
await makeRecordings();
