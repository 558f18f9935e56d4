import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishedSchemas, type PublishedSchema } from '../src/documents/published-schemas.js';
import { runEventmend } from './run-eventmend.js';
import { balanceWorker, expectedBalances, smallEvents, writeSmallIncident, type SmallEvent } from './small-incident.js';
import { spawnEventmend, type Ended } from './spawn-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const run = (words: string) => runEventmend(folder, words.split(' '));

async function succeed(words: string): Promise<Ended> {
  const ended = await run(words);
  expect(ended.code, `${words}\n${ended.out}\n${ended.err}`).toBe(0);
  return ended;
}

/** The command of the last line. */
function nextOf({ out, err, code }: Ended): string {
  const last = (code === 0 ? out : err).trimEnd().split('\n').at(-1) ?? '';
  expect(last).toMatch(/^Next: eventmend /);
  return last.replace('Next: eventmend ', '');
}

async function json(words: string, name: PublishedSchema): Promise<Record<string, never>> {
  const { out } = await run(`${words} --json`);
  const document: unknown = JSON.parse(out);
  expect(publishedSchemas[name].parse(document)).toEqual(document);
  return document as Record<string, never>;
}

function recoveredStates(file: string): Record<string, unknown> {
  const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n');
  return Object.fromEntries(
    lines.map((line) => JSON.parse(line) as { key: string; state: unknown }).map(({ key, state }) => [key, state]),
  );
}

describe('from init to export, following the last line of each command', () => {
  it.each([['with a sample'], ['with a file of one’s own']])('%s', async (which) => {
    const own = which !== 'with a sample';
    const rows = Array.from({ length: 500 }, (_, n) => ({
      shop: `s${n % 9}`,
      created_at: 1_767_225_600_000 + n * 1000,
      total: n,
    }));
    if (own) writeFileSync(join(folder, 'sales.ndjson'), rows.map((row) => JSON.stringify(row)).join('\n') + '\n');
    const steps: string[] = [];
    let next = own ? 'init mine --from sales.ndjson' : 'init mine';
    for (;;) {
      steps.push(next.split(' ')[0] ?? '');
      const ended = await succeed(next);
      // The way has an end: what was exported last leads nowhere, and not around.
      if (!ended.out.includes('\nNext: ')) break;
      expect(steps.length).toBeLessThan(8);
      next = nextOf(ended);
    }
    expect(steps).toEqual(['init', 'assess', 'plan', 'recover', 'verify', 'export', 'export']);
    if (!own) return;
    const states = recoveredStates('sales.state.ndjson');
    expect(states).toMatchObject({ s0: { events: 56 }, s8: { events: 55 } });
  });
});

describe('a small incident', () => {
  const events = smallEvents(3000);

  it('is recovered exactly as a plain loop has it, and every document fits its schema', async () => {
    writeSmallIncident(folder, { events });
    await json('assess', 'assess.output');
    await json('plan --out p.json', 'plan.output');
    publishedSchemas.plan.parse(JSON.parse(readFileSync(join(folder, 'p.json'), 'utf8')));
    const recovered = (await json('recover --plan p.json', 'recover.output')) as unknown as {
      run: { runId: string; status: string; totals: { applied: number } };
    };
    expect(recovered.run).toMatchObject({ status: 'recovered', totals: { applied: 3000 } });
    const { runId } = recovered.run;
    expect(runId).toMatch(/^r-[0-9a-f]{8}$/);
    const verified = (await json(`verify ${runId}`, 'verify.output')) as unknown as {
      verification: { checks: { result: string }[] };
    };
    expect(verified.verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(await json('runs', 'runs.output')).toMatchObject({ runs: [{ runId, status: 'verified' }], unreported: [] });
    await json(`export ${runId} --out state.ndjson`, 'export.output');
    expect(recoveredStates('state.ndjson')).toEqual(expectedBalances(events));
    await succeed(`export ${runId} --what outputs --out o.sqlite`);
    const database = new Database(join(folder, 'o.sqlite'), { readonly: true });
    try {
      expect(database.prepare('SELECT count(*) AS n FROM outputs').get()).toEqual({ n: 3000 });
    } finally {
      database.close();
    }
    const used = await run('recover --plan p.json');
    expect([used.code, used.err.split(':')[0]]).toEqual([2, 'error EM4001']);
    expect(used.err).toContain(runId);
  });

  it('refuses a plan that no longer fits the worker', async () => {
    writeSmallIncident(folder, { events });
    await succeed('plan --out p.json');
    writeFileSync(join(folder, 'worker.ts'), balanceWorker.replace('bookings + 1', 'bookings + 2'));
    const stale = await run('recover --plan p.json');
    expect([stale.code, stale.err.split(':')[0]]).toEqual([14, 'error EM4002']);
    expect(nextOf(stale)).toBe('plan --out small.plan.json --force');
  });

  it('stops at an event that the worker cannot process, names it, and goes around it where it may', async () => {
    const more = "if (event.partition === 0 && event.offset === 40) throw new Error('no such \\u001b[31maccount');";
    writeSmallIncident(folder, { events, more });
    const stopped = await run('recover --yes');
    expect([stopped.code, stopped.err]).toEqual([1, expect.stringMatching(/error EM3002: [\s\S]*bookings\[0\]@40/)]);
    expect(stopped.err).not.toContain('\u001b');
    writeSmallIncident(folder, { events, more, yaml: 'poison: quarantine-event\n' });
    const recovered = await succeed('recover --yes');
    expect(recovered.out).toMatch(/verdict: incomplete/);
    expect(recovered.out).toMatch(/parked +bookings\[0\]@40/);
    const { runs } = (await json('runs', 'runs.output')) as unknown as {
      runs: { runId: string; quarantined: number }[];
    };
    const runId = runs.find(({ quarantined }) => quarantined === 1)?.runId ?? 'none';
    await succeed(`export ${runId} --what quarantined --out q.csv`);
    expect(readFileSync(join(folder, 'q.csv'), 'utf8')).toMatch(/bookings,0,40,/);
  });

  it('refuses a gap, and goes on as incomplete only where that is said', async () => {
    const lines: string[] = [];
    events.forEach((event, n) =>
      n >= 100 && n < 103 ? undefined : lines.push(JSON.stringify({ ...event, lane: 0, offset: n })),
    );
    writeSmallIncident(folder, { events, lines });
    const file = join(folder, 'small.incident.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('key: account', 'offset: offset, key: account'));
    const assessed = await run('assess');
    expect(assessed.out).toMatch(/100/);
    const refused = await run('plan');
    expect([refused.code, refused.err]).toEqual([
      13,
      expect.stringMatching(
        /error EM4018: [\s\S]*log-replay +refused: no log holds 3[\s\S]*100-102[\s\S]*--accept-gaps/,
      ),
    ]);
    const replay = await run('plan --strategy log-replay');
    expect([replay.code, replay.err]).toEqual([13, expect.stringMatching(/error EM2101: [\s\S]*100/)]);
    const accepted = await succeed('recover --yes --accept-gaps');
    expect(accepted.out).toMatch(/verdict: incomplete/);
    expect(accepted.out).toMatch(/3 unavailable/);
  });

  it('stops on SIGTERM and Ctrl-C with the command that resumes, and comes to the same result', async () => {
    const slow = 'const until = performance.now() + 1; while (performance.now() < until);';
    writeSmallIncident(folder, { events, more: slow, yaml: 'tuning: { batch_events: 100 }\n' });
    await succeed('plan --out p.json');
    let words = 'recover --plan p.json';
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { underWay, stop, ended } = spawnUnderWay(words);
      await underWay;
      await sleep(300);
      stop(signal);
      const stopped = await ended;
      expect([stopped.code, stopped.signal], stopped.err).toEqual([130, null]);
      words = nextOf(stopped);
      expect(words).toMatch(/^resume r-[0-9a-f]{8}$/);
      expect((await json('runs', 'runs.output')) as unknown).toMatchObject({ runs: [{ status: 'interrupted' }] });
    }
    await succeed(words);
    await succeed(`export ${words.split(' ')[1] ?? ''} --out state.ndjson`);
    expect(recoveredStates('state.ndjson')).toEqual(expectedBalances(events));
  });

  it('stops at a target', async () => {
    writeSmallIncident(folder, { events });
    await succeed('recover --yes --target-time 2026-03-01T00:10:00Z');
    const { runs } = (await json('runs', 'runs.output')) as unknown as {
      runs: { runId: string; totals: { applied: number } }[];
    };
    expect(runs[0]?.totals.applied).toBe(600);
    await succeed(`export ${runs[0]?.runId ?? ''} --out state.ndjson`);
    expect(recoveredStates('state.ndjson')).toEqual(expectedBalances(events.slice(0, 600)));
  });

  it('lets one process at a time work on a run, and goes on after kill -9', async () => {
    const slow = 'const until = performance.now() + 3; while (performance.now() < until);';
    writeSmallIncident(folder, { events, more: slow, yaml: 'tuning: { batch_events: 100 }\n' });
    await succeed('plan --out p.json');
    const first = spawnUnderWay('recover --plan p.json');
    await first.underWay;
    const locked = await run('recover --plan p.json');
    first.stop('SIGKILL');
    const killed = await first.ended;
    expect(killed.signal).toBe('SIGKILL');
    expect([locked.code, locked.err.split(':')[0]]).toEqual([15, 'error EM4004']);
    const next = nextOf(await succeed('runs'));
    expect(next).toMatch(/^resume r-/);
    await succeed(next);
    await succeed(`export ${next.split(' ')[1] ?? ''} --out state.ndjson`);
    expect(recoveredStates('state.ndjson')).toEqual(expectedBalances(events));
  });

  it('starts from the latest snapshot that a replay reproduces, and then says exact', async () => {
    mkdirSync(join(folder, 'snapshots'));
    for (const [count, wrong] of [
      [500, 0],
      [1000, 0],
      [1500, 7],
    ] as const) {
      writeSnapshot(join(folder, 'snapshots', `s-${count}.ndjson`), events.slice(0, count), wrong);
    }
    writeSmallIncident(folder, {
      events,
      yaml: 'onset: 2026-03-01T00:20:00Z\nsnapshots: snapshots\norder: { by: time }\n',
    });
    const planned = await succeed('plan --out p.json');
    expect(planned.out).toMatch(/baseline +snapshot s-1000/);
    expect(planned.out).toMatch(/s-1500 .*order-not-determined/);
    const recovered = await succeed('recover --plan p.json');
    const verified = await succeed(nextOf(recovered));
    expect(verified.out).toMatch(/verdict: complete/);
    await succeed(nextOf(verified));
    expect(recoveredStates('small.state.ndjson')).toEqual(expectedBalances(events));
    expect(readFileSync(join(folder, 'small.state.ndjson'), 'utf8')).toContain('"fidelity":"exact"');
  });

  it('recovers from an archive, and says what is missing when it is gone', async () => {
    writeSmallIncident(folder, { events });
    await succeed('archive import events.ndjson --into small.archive --incident small.incident.yaml --seal');
    await json('archive info small.archive', 'archive-info.output');
    await json('archive verify small.archive', 'archive-verify.output');
    await json('archive export small.archive --out again.ndjson.gz', 'archive-export.output');
    await json('archive import again.ndjson.gz --into again.archive', 'archive-import.output');
    await json('archive rewrite again.archive --into anew.archive', 'archive-rewrite.output');
    expect((await run('archive rewrite again.archive --into anew.archive')).err).toMatch(/EM1006/);
    const file = join(folder, 'small.incident.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('ndjson: events.ndjson', 'archive: anew.archive'));
    await succeed('recover --yes');
    const run1 = nextOf(await succeed('runs')).split(' ')[1] ?? '';
    await succeed(`export ${run1} --out state.ndjson`);
    expect(recoveredStates('state.ndjson')).toEqual(expectedBalances(events));
    rmSync(join(folder, 'anew.archive'));
    const assessed = await run('assess');
    expect([assessed.code, assessed.out]).toEqual([13, expect.stringMatching(/archive anew.archive +missing/)]);
    expect((await run('plan')).code).toBe(1);
  });
});

/** A snapshot as the service would have left it behind `events`; with `wrong`, what it should not have come to. */
function writeSnapshot(file: string, events: readonly SmallEvent[], wrong: number): void {
  const states = expectedBalances(events);
  const lanes = [0, 1].map((lane) => events.filter((event) => event.lane === lane).length);
  const first = states['a1'];
  if (first !== undefined) states['a1'] = { ...first, balance: first.balance + wrong };
  const header = {
    format_version: 1,
    kind: 'snapshot',
    id: `s-${events.length}`,
    taken_at: events.at(-1)?.at,
    position: lanes.map((next, partition) => ({ topic: 'bookings', partition, next: String(next) })),
  };
  const rows = Object.entries(states).map(([key, state]) => ({ key, state }));
  const text = [header, ...rows].map((line) => JSON.stringify(line) + '\n').join('');
  const sha256 = createHash('sha256').update(text).digest('hex');
  writeFileSync(file, text + JSON.stringify({ end: true, keys: rows.length, sha256 }) + '\n');
}

/** Starts a recovery; it is under way when it has opened its run, however long the process took to start. */
function spawnUnderWay(words: string) {
  let stop: (signal: NodeJS.Signals) => void = () => undefined;
  const ended = spawnEventmend(folder, words.split(' '), { onSpawn: (kill) => (stop = kill) });
  const runs = join(folder, '.eventmend', 'runs');
  // SQLite keeps this file for as long as a process has the database open.
  const isOpen = () => existsSync(runs) && readdirSync(runs).some((run) => existsSync(join(runs, run, 'run.db-wal')));
  const underWay = (async () => {
    let over = false;
    void ended.then(() => (over = true));
    while (!over && !isOpen()) await sleep(50);
  })();
  return { underWay, stop, ended };
}
