import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import { runEventmend } from './run-eventmend.js';
import { balanceWorker, smallEvents, writeSmallIncident } from './small-incident.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const run = (...words: readonly string[]) => runEventmend(folder, words);
const bin = fileURLToPath(new URL('../bundle/bin.js', import.meta.url));

async function succeed(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await run(...words);
  expect([words[0], code, code === 0 ? '' : err + out]).toEqual([words[0], 0, '']);
  return out;
}

const events = smallEvents(240);

/** The service missed booking 50, and got 150 wrong. */
function writeIncident(spread: 'partitions' | 'keys'): void {
  const more = "context.emit('booked', { amount: event.value.amount });";
  writeSmallIncident(folder, { events, yaml: 'live: { outputs: ./sent.ndjson, state: ./live.ndjson }\n' });
  const worker = balanceWorker
    .replace('/* MORE */', more)
    .replace('outputs: { ', "outputs: { booked: { kind: 'event', retract: (value) => ({ undo: value }) }, ");
  const local = worker.replace("version: '1.0.0',", "version: '1.0.0',\n  locality: 'partition',");
  const byLane = local.replace('event.value.account,', '`${event.partition}-${event.value.account}`,');
  writeFileSync(join(folder, 'worker.ts'), spread === 'partitions' ? byLane : worker);
  const offsetOf = (n: number) => events.slice(0, n).filter(({ lane }) => lane === events[n]?.lane).length;
  const sent = events.flatMap(({ account, amount, lane }, n) => {
    const key = spread === 'partitions' ? `${lane}-${account}` : account;
    const place = { topic: 'bookings', partition: lane, offset: String(offsetOf(n)) };
    if (n === 50) return [];
    return [{ output: 'booked', key, value: { amount: n === 150 ? amount + 1 : amount }, ...place }];
  });
  const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n') + '\n';
  writeFileSync(join(folder, 'sent.ndjson'), lines(sent));
  writeFileSync(join(folder, 'live.ndjson'), lines([{ key: 'a3', state: { balance: 7, bookings: 3 } }]));
}

/** What a shuffle does, by hand: the lines of all readers, sorted, to the task that each is of. */
function shuffled(readers: number, tasks: number, ...again: readonly string[]): readonly string[] {
  const lines = Array.from({ length: readers }, (_, reader) => {
    const words = [bin, 'fleet', 'read', 'fleet', String(reader), '--quiet', ...again];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return stdout.split('\n').filter((line) => line !== '');
  }).flat();
  return Array.from({ length: tasks }, (_, task) => {
    const own = lines
      .map((line) => line.split('\t'))
      .filter(([of]) => Number(of) === task)
      .sort(([, a = ''], [, b = '']) => (a < b ? -1 : 1))
      .map(([, , event = '']) => event);
    return [`{"task":${task}}`, ...own, `{"end":${own.length}}`].join('\n') + '\n';
  });
}

/** A task of keys, which has its events from standard input. */
function giveTo(input: string, verb: string, ...more: readonly string[]): void {
  const file = join(folder, 'input');
  writeFileSync(file, input);
  const stdin = openSync(file, 'r');
  const words = [bin, 'fleet', verb, 'fleet', '-', '--quiet', ...more];
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: folder, stdio: [stdin, 'pipe', 'pipe'] });
  closeSync(stdin);
  expect([status, String(stderr)]).toEqual([0, '']);
}

/** How long things took is the one thing that a fleet has otherwise. */
function withoutTimes(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document), (key, value: unknown) =>
    /Ms$|PerSecond$|^took|^expected|At$/.test(key) ? null : value,
  );
}

/** Answers without what only a fleet says of its verification. */
function withoutShares(document: unknown): unknown {
  const isOfFleet = (item: unknown): boolean =>
    typeof item === 'string'
      ? item.startsWith('verified by the tasks of the fleet only')
      : typeof item === 'object' && item !== null && 'name' in item && item.name === 'shares';
  return JSON.parse(JSON.stringify(document), (_, value: unknown) =>
    Array.isArray(value) ? value.filter((item) => !isOfFleet(item)) : value,
  );
}

/** Everything that is asked of a run, by each command: what it answers. */
async function everything(runId: string, name: string) {
  const verified = await succeed('verify', runId, '--json');
  const corrections = await succeed('corrections', runId, '--json');
  const compared = await succeed('compare', '--json');
  await succeed('report', runId, '--out', `${name}.html`);
  const exported: string[] = [];
  for (const what of ['state', 'outputs', 'quarantined']) {
    const file = `${name}-${what}.ndjson`;
    await succeed('export', runId, '--what', what, '--out', file);
    exported.push(readFileSync(join(folder, file), 'utf8'));
  }
  const parsed = JSON.parse(verified) as { verification: object };
  return {
    verification: parsed.verification,
    corrections: JSON.parse(corrections) as object,
    compared: withoutTimes(JSON.parse(compared)),
    report: /verdict/i.test(readFileSync(join(folder, `${name}.html`), 'utf8')),
    exported,
  };
}

describe('the run of a fleet', () => {
  it.each(['partitions', 'keys'] as const)('answers every command as that of one machine does (%s)', async (spread) => {
    writeIncident(spread);
    await succeed('plan', '--out', 'small.plan.json');
    const planned = await succeed('fleet', 'plan', 'fleet', '--plan', 'small.plan.json', '--tasks', '2', '--json');
    const fleet = publishedSchemas['fleet-plan.output'].parse(JSON.parse(planned));
    expect(fleet).toMatchObject({ spread: { kind: spread }, tasks: [{ number: 0 }, { number: 1 }] });
    if (spread === 'partitions') {
      for (const task of ['0', '1']) {
        const done = JSON.parse(
          await succeed('fleet', 'task', 'fleet', task, '--scratch', 'scratch', '--json'),
        ) as object;
        expect(publishedSchemas['fleet-task.output'].parse(done)).toEqual(done);
      }
      for (const task of ['0', '1']) {
        const verified = JSON.parse(await succeed('fleet', 'verify', 'fleet', task, '--json')) as object;
        expect(publishedSchemas['fleet-verify.output'].parse(verified)).toEqual(verified);
        expect(verified).toMatchObject({ verified: true, rows: true, agrees: true });
        expect(await succeed('fleet', 'verify', 'fleet', task)).toMatch(new RegExp(`Task ${task} +verified`));
      }
    } else {
      for (const input of shuffled(2, 2)) giveTo(input, 'task', '--scratch', 'scratch');
      for (const input of shuffled(2, 2, '--again')) giveTo(input, 'verify');
      const refused = await run('fleet', 'verify', 'fleet', '0');
      expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('nobody gave it its events')]);
    }
    const collected = JSON.parse(await succeed('fleet', 'collect', 'fleet', '--json')) as { run: { runId: string } };
    const { runId } = collected.run;
    const ofFleet = await everything(runId, 'fleet');

    // One byte behind the verification of the tasks, and no other size.
    const [name = ''] = readdirSync(join(folder, 'fleet'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.db'),
    );
    const stored = join(folder, 'fleet', name);
    const bytes = readFileSync(stored);
    const changed = Buffer.from(bytes);
    changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
    writeFileSync(stored, changed);
    const noticed = await run('verify', runId);
    expect([noticed.code, noticed.err]).toEqual([1, expect.stringMatching(/is\s+not\s+what\s+task/)]);
    writeFileSync(stored, bytes);

    await succeed('runs', '--remove', runId);
    const alone = JSON.parse(
      await succeed('recover', '--plan', 'small.plan.json', '--yes', '--json'),
    ) as typeof collected;
    expect(alone.run.runId).toBe(runId);
    expect(await everything(runId, 'alone')).toEqual(withoutShares(ofFleet));
    const { verification } = ofFleet as { verification: { checks?: readonly { name: string; result: string }[] } };
    const shares = verification.checks?.filter((check) => check.name === 'shares').map(({ result }) => result);
    expect(shares).toEqual([spread === 'keys' ? 'not-checked' : 'passed']);
  });

  it('a worker that connects all keys is refused, with what ties them and how many', async () => {
    writeSmallIncident(folder, { events });
    const connecting = balanceWorker
      .replace('key: (event) => event.value.account,', "keys: ({ value }) => [value.account, 'the bank'],")
      .replace('initial: () => ({ balance: 0, bookings: 0 }),', '')
      .replace(
        / {2}evolve\(state[^]*\n {2}\},\n/,
        '  evolve(states, { value }) {\n    states.set(value.account, { balance: value.amount, bookings: 1 });\n  },\n',
      );
    writeFileSync(join(folder, 'worker.ts'), connecting);
    await succeed('plan', '--out', 'small.plan.json');
    const { code, err } = await run('fleet', 'plan', 'fleet', '--plan', 'small.plan.json');
    expect(code).toBe(13);
    expect(err.replace(/\s+/g, ' ')).toMatch(
      /error EM4031: events tie 12 of 12 keys together, with 240 of 240 events \(100 %\): one task would have nearly everything .*eventmend recover --plan/,
    );
  });
});
