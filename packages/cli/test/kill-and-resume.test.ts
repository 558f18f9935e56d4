import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRunCatalogue } from '@eventmend/core/sqlite';
import { expectedBalances, smallEvents, writeSmallIncident } from './small-incident.js';
import { spawnEventmend } from './spawn-eventmend.js';

const full = process.env['EVENTMEND_FULL'] === '1';
const kills = Number(process.env['EVENTMEND_KILLS'] ?? (full ? 220 : 6));
const seed = Number(process.env['EVENTMEND_KILL_SEED'] ?? 20261123);
const events = smallEvents(6000);

/** Deterministic numbers in [0, 1) (mulberry32), so that a run can be repeated by its seed. */
function seeded(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

let folder: string;
let planned: string;
let runId: string;
let neverStopped: Outcome;
let wholeMs: number;

interface Outcome {
  readonly stateDigest: string;
  readonly outputsDigest: string;
  readonly outputs: number;
  readonly totals: unknown;
  readonly states: unknown;
}

function outcomeIn(where: string): Outcome {
  const catalogue = openRunCatalogue(join(where, '.eventmend'));
  const report = catalogue.report(runId);
  if (report === null) throw new Error('the run has no report');
  const { stateDigest, outputsDigest, outputs, totals } = report;
  const states = Object.fromEntries([...catalogue.states(runId)].map(({ key, state }) => [key, state]));
  return { stateDigest, outputsDigest, outputs, totals, states };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'eventmend-kill-'));
  planned = join(folder, 'planned');
  writeSmallIncident(planned, { events, yaml: 'tuning: { batch_events: 25 }\n' });
  const plan = await spawnEventmend(planned, ['plan', '--out', 'small.plan.json']);
  expect(plan.code, plan.err).toBe(0);
  runId = `r-${(JSON.parse(readFileSync(join(planned, 'small.plan.json'), 'utf8')) as { id: string }).id.slice(0, 8)}`;
  const whole = join(folder, 'whole');
  cpSync(planned, whole, { recursive: true });
  const started = performance.now();
  const ended = await spawnEventmend(whole, ['recover', '--plan', 'small.plan.json']);
  wholeMs = performance.now() - started;
  expect(ended.code, ended.err).toBe(0);
  neverStopped = outcomeIn(whole);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe(`kill -9 at ${kills} seeded moments (seed ${seed})`, () => {
  it('a run that never stopped gives the balances of a plain loop', () => {
    expect(neverStopped.states).toEqual(expectedBalances(events));
  });

  it(
    'resumed, a run gives the digest of one that never stopped',
    async () => {
      const random = seeded(seed);
      let killed = 0;
      let tooLate = 0;
      for (let attempt = 0; killed < kills; attempt++) {
        const where = join(folder, `attempt-${attempt}`);
        cpSync(planned, where, { recursive: true });
        for (;;) {
          const moment = wholeMs * random();
          const ended = await spawnEventmend(where, ['recover', '--plan', 'small.plan.json'], {
            onSpawn: (kill) =>
              void sleep(moment).then(() => {
                kill('SIGKILL');
              }),
          });
          if (ended.signal === 'SIGKILL') {
            killed++;
            continue;
          }
          // A run that was killed behind its last commit is finished: the same command says so.
          if (ended.code === 2) tooLate++;
          else expect(ended.code, `attempt ${attempt}: ${ended.err}`).toBe(0);
          break;
        }
        expect(outcomeIn(where), `seed ${seed}, attempt ${attempt}`).toEqual(neverStopped);
        rmSync(where, { recursive: true });
      }
      expect(killed).toBeGreaterThanOrEqual(kills);
      expect(tooLate).toBeLessThan(kills);
    },
    full ? 60 * 60_000 : 10 * 60_000,
  );
});

describe('a run whose log is read ahead', () => {
  it('gives the same digest after kills and clean stops at seeded moments', async () => {
    const random = seeded(seed + 1);
    const where = join(folder, 'ahead');
    cpSync(planned, where, { recursive: true });
    const incident = join(where, 'small.incident.yaml');
    // Tuning is no part of what a plan was made for.
    writeFileSync(incident, readFileSync(incident, 'utf8').replace('25 }', '25, read_ahead: true }'));
    const signals: NodeJS.Signals[] = [];
    for (let attempt = 0; ; attempt++) {
      const signal = attempt % 2 === 0 ? 'SIGINT' : 'SIGKILL';
      // Later and later, so that it comes to an end.
      const moment = wholeMs * (random() * 0.5 + 0.4 + attempt / 10);
      const ended = await spawnEventmend(where, ['recover', '--plan', 'small.plan.json'], {
        onSpawn: (kill) =>
          void sleep(moment).then(() => {
            kill(signal);
          }),
      });
      if (ended.signal === 'SIGKILL' || ended.code === 130) signals.push(signal);
      else {
        expect([0, 2], ended.err).toContain(ended.code);
        break;
      }
    }
    expect(outcomeIn(where), `seed ${seed}, stopped by ${signals.join(' ')}`).toEqual(neverStopped);
  }, 600_000);
});

describe('two processes on one run', () => {
  it('the second is turned away with code 15, even while the first is stopped, and the first goes on', async () => {
    const where = join(folder, 'rivals');
    cpSync(planned, where, { recursive: true });
    let signal: (name: NodeJS.Signals) => void = () => undefined;
    const first = spawnEventmend(where, ['recover', '--plan', 'small.plan.json'], {
      onSpawn: (kill) => (signal = kill),
    });
    const database = join(where, '.eventmend', 'runs', runId, 'run.db');
    while (!existsSync(database)) await sleep(5);
    signal('SIGSTOP');
    const second = await spawnEventmend(where, ['recover', '--plan', 'small.plan.json']);
    signal('SIGCONT');
    expect(second.code, second.err).toBe(15);
    const ended = await first;
    expect(ended.code, ended.err).toBe(0);
    expect(outcomeIn(where)).toEqual(neverStopped);
  });
});

describe('an export that is killed in the middle', () => {
  it.each(['ndjson', 'csv', 'sqlite'])(
    'leaves no file of that name, and the next one removes what is left of it (%s)',
    async (format) => {
      const where = join(folder, 'whole');
      const target = `outputs.${format}`;
      const words = ['export', runId, '--what', 'outputs', '--out', target];
      const ownFiles = (): readonly string[] => readdirSync(where).filter((name) => name.startsWith(target));
      let left: readonly string[] = [];
      // Sometimes it is finished before anybody sees it at work.
      for (let attempt = 0; left.length === 0 && attempt < 20; attempt++) {
        rmSync(join(where, target), { force: true });
        const hasEnded = { yet: false };
        const exporting = spawnEventmend(where, words, {
          onSpawn: (kill) =>
            void (async () => {
              while (ownFiles().length === 0 && !hasEnded.yet) await sleep(1);
              kill('SIGKILL');
            })(),
        });
        const { signal } = await exporting;
        hasEnded.yet = true;
        if (signal === 'SIGKILL' && !existsSync(join(where, target))) left = ownFiles();
      }
      expect(left.length, 'no export was killed at work').toBeGreaterThan(0);
      const again = await spawnEventmend(where, words);
      expect(again.code, again.err).toBe(0);
      expect(ownFiles()).toEqual([target]);
      if (format !== 'sqlite') {
        const lines = readFileSync(join(where, target), 'utf8').trimEnd().split('\n');
        expect(lines).toHaveLength(neverStopped.outputs + (format === 'csv' ? 1 : 0));
      }
    },
    600_000,
  );
});
