import Database from 'better-sqlite3';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openNdjsonLog } from '@eventmend/core';
import { openArchive } from '@eventmend/core/archive';
import type { RecoveryInputs } from '@eventmend/core/engine';
import { logReplay } from '@eventmend/log-replay';
import { balanceWorker, epoch, failure, fixtures, recovered, type FixtureEvent } from './replay-fixture.js';

const use = fixtures();
const count = 3000;

/** Events of two partitions and of several pages; as text where they do not print back the same. */
const events = (asText: boolean): readonly FixtureEvent[] =>
  Array.from({ length: count }, (_, n) => {
    const value = { key: `k${(n * 7) % 5}`, add: ((n * 31) % 50) - 20, n };
    return { partition: n % 2, time: epoch + n * 1000, value: asText ? ` ${JSON.stringify(value)}` : value };
  });

/** The run with a thread that reads ahead, and without; all that it left behind, where commits fall by number alone. */
async function bothWays(situation: RecoveryInputs, store: string) {
  const ran: unknown[] = [];
  for (const readAhead of [false, true]) {
    const where = join(store, String(readAhead));
    const tuning = { ...situation.tuning, readAhead, batchEvents: 700, batchMs: 3_600_000 };
    let report: unknown;
    try {
      const {
        elapsedMs: _,
        eventsPerSecond: __,
        ...rest
      } = (await recovered({ ...situation, store: where, tuning })).report;
      report = rest;
    } catch (error) {
      const { code, message, hint } = error as Record<string, unknown>;
      report = { code, message, hint };
    }
    ran.push({ report, store: contentOfRun(where) });
  }
  return ran;
}

/** Every row of every table of the run store; null where there is no run. */
function contentOfRun(store: string): unknown {
  const runs = join(store, 'runs');
  const [run] = existsSync(runs) ? readdirSync(runs) : [];
  if (run === undefined) return null;
  const db = new Database(join(runs, run, 'run.db'), { readonly: true });
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
  const rows = tables.map((table) => [
    table,
    db
      .prepare(`SELECT * FROM "${String(table)}" ORDER BY 1, 2`)
      .raw()
      .all(),
  ]);
  db.close();
  return rows;
}

describe('a run whose log is read ahead', () => {
  async function expectTheSame(situation: RecoveryInputs, folder: string): Promise<unknown> {
    const [here, ahead] = await bothWays(situation, join(folder, 'both'));
    expect(ahead).toStrictEqual(here);
    return here;
  }

  it.each(['columns', 'text', 'ndjson'])('leaves the same behind, to the last row: %s', async (form) => {
    const f = use(events(form === 'text'));
    let situation = f.situation;
    if (form === 'ndjson') {
      const file = join(f.folder, 'log.ndjson');
      const rows = events(false).map(({ partition, time, value }, n) =>
        JSON.stringify({ p: partition, o: n >> 1, t: time, value }),
      );
      writeFileSync(file, rows.join('\n'));
      const mapping = {
        source: 'fixture',
        topic: 't',
        partition: { column: 'p' },
        offset: { column: 'o' },
        time: { column: 't', unit: 'milliseconds' },
        value: { column: 'value' },
      } as const;
      situation = f.but({ logs: [{ log: openNdjsonLog([file], mapping), as: 'log' }] });
    }
    const ran = await expectTheSame(situation, f.folder);
    expect(ran).toMatchObject({ report: { status: 'recovered', totals: { applied: count } } });
  });

  it.each(['stop', 'quarantine-event'] as const)('meets an event that fails at the same place: %s', async (poison) => {
    for (const asText of [false, true]) {
      const f = use(
        events(asText),
        balanceWorker(
          '',
          `evolve(state, { value }) {
        if (value.n === 2100) throw new Error('this one not');
        return { balance: state.balance + value.add, seen: state.seen + 1 };
      },`,
        ),
      );
      const ran = await expectTheSame(f.but({ poison }), f.folder);
      expect(ran).toMatchObject({
        report: poison === 'stop' ? { code: 'worker-failed' } : { totals: { quarantined: 1 } },
      });
      f.dispose();
    }
  });

  it('meets a damaged segment at the same place', async () => {
    for (const asText of [false, true]) {
      const f = use(events(asText));
      const file = join(f.folder, 'log.archive');
      const db = new Database(file);
      // The second page of a partition.
      const name = 'segment_no_update';
      const guard = db.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').pluck().get(name) as string;
      const damage = 'UPDATE segment SET sha256 = zeroblob(32) WHERE sequence = 1 AND partition_ref = 1';
      db.exec(`DROP TRIGGER ${name}; ${damage}; ${guard}`);
      db.close();
      const ran = await expectTheSame(f.but({ logs: [{ log: openArchive(file), as: 'archive' }] }), f.folder);
      expect(ran).toMatchObject({ report: { code: 'corrupt-archive-segment' } });
      f.dispose();
    }
  });

  it('whose reading thread ends says so, and goes on from its last commit', async () => {
    const f = use(events(false));
    const log = openArchive(join(f.folder, 'log.archive'));
    const module = join(f.folder, 'ending-log.mjs');
    const archive = pathToFileURL(createRequire(import.meta.url).resolve('@eventmend/core/archive')).href;
    writeFileSync(
      module,
      `import { existsSync } from 'node:fs';
       import { openArchive } from '${archive}';
       export default function open({ path, ends }) {
         const log = openArchive(path);
         const read = (request) => {
           const reader = log.read(request);
           let pages = 0;
           const next = () => {
             if (pages++ === 2 && existsSync(ends)) process.exit(0);
             return reader.next();
           };
           return { next, close: () => reader.close() };
         };
         return { describe: () => log.describe(), read, close: () => log.close() };
       }`,
    );
    const ends = join(f.folder, 'ends');
    const locator = { module: pathToFileURL(module).href, options: { path: join(f.folder, 'log.archive'), ends } };
    const ending = { ...log, locator };
    const situation = f.but({
      logs: [{ log: ending, as: 'archive' }],
      tuning: { ...f.situation.tuning, readAhead: true, batchEvents: 100 },
    });
    const plan = await logReplay(situation).plan();
    writeFileSync(ends, '');
    expect(await failure(logReplay(situation).recover(plan))).toMatchObject({ code: 'reading-thread-ended' });
    rmSync(ends);
    const { report } = await logReplay(situation).recover(plan);
    const never = await recovered(f.but({ store: join(f.folder, 'never') }));
    expect(report.stateDigest).toBe(never.report.stateDigest);
    expect(report.outputsDigest).toBe(never.report.outputsDigest);
    expect(report.totals).toEqual(never.report.totals);
    log.close();
  });
});
