import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openIncident } from '@eventmend/core';
import { drill, judgeDrill, readComparison } from '@eventmend/core/engine';
import { logReplay } from '@eventmend/log-replay';
import { beforeEach, describe, expect, it } from 'vitest';
import { compareDocument } from '../src/documents/compare-document.js';
import { drillDocument } from '../src/documents/drill-document.js';
import { smallEvents } from './small-incident.js';
import { runEventmend } from './run-eventmend.js';
import { spawnEventmend } from './spawn-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const events = smallEvents(1200);

/** A balance that never falls below zero, and says what it is: a diagnosis can follow it. `BODY` may spoil it. */
const worker = `import { defineWorker } from '@eventmend/core';
let calls = 0;
export default defineWorker({
  name: 'balances',
  version: '1.0.0',
  key: ({ value }) => value.account,
  initial: () => ({ balance: 0, bookings: 0 }),
  outputs: { account: { kind: 'latest', reveals: [{ fields: { balance: 'balance', bookings: 'bookings' } }] } },
  evolve(state, { value }, context) {
    calls++;
    let balance = Math.max(0, state.balance + value.amount);
    /* BODY */
    const next = { balance, bookings: state.bookings + 1 };
    context.emit('account', next);
    return next;
  },
});
`;

function writeIncident(body = ''): void {
  writeFileSync(join(folder, 'worker.mjs'), worker.replace('/* BODY */', body));
  writeFileSync(join(folder, 'events.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  mkdirSync(join(folder, 'snapshots'));
  writeFileSync(
    join(folder, 'bank.incident.yaml'),
    `format_version: 1
name: bank
worker: ./worker.mjs
log:
  ndjson: events.ndjson
  mapping: { topic: bookings, partition: lane, key: account, time: at }
snapshots: snapshots
`,
  );
}

const run = (...words: string[]) => runEventmend(folder, ['drill', '--quiet', ...words]);

/** What the user has, without the store. */
function originals(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[a-z]+$/.test(name));
  const own = names.filter((name) => !name.startsWith('.eventmend'));
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  return Object.fromEntries(own.map((name) => [name, hash(name)]));
}

describe('eventmend drill', () => {
  it('recovers what it plants, touches nothing of the original, and remembers', async () => {
    writeIncident();
    const before = originals();
    const first = await run('--leave', 'outputs', '--checkpoints', '3', '--json');
    expect(first.code, first.err).toBe(0);
    const { drills, history } = drillDocument.parse(JSON.parse(first.out));
    expect(drills).toHaveLength(1);
    const [made] = drills;
    expect(made).toMatchObject({ seed: 1, breaches: [], folder: null, stretch: { events: 1200 } });
    expect(made?.detection).toMatchObject({ falseAlarms: 0, precision: 1 });
    expect(made?.detection?.found).toBeGreaterThanOrEqual(10);
    const replayed = made?.strategies.find(({ strategy }) => strategy === 'log-replay');
    expect(replayed).toMatchObject({ verified: true, keys: { of: 11, wrong: 0 }, exact: { of: 11, wrong: 0 } });
    expect(replayed?.outputs?.wrong).toBe(0);
    expect(made?.live?.wrong).toBeGreaterThan(0);
    expect(history).toHaveLength(1);
    expect(originals()).toEqual(before);
    expect(readdirSync(join(folder, '.eventmend'))).toEqual(['drills']);
    expect(readdirSync(join(folder, '.eventmend', 'drills'))).toEqual(['history.ndjson']);

    const second = await run('--leave', 'outputs', '--mix', 'missed=3', '--strategy', 'log-replay', '--keep');
    expect(second.code, second.err).toBe(0);
    expect(second.out).toMatch(/seed 2 .*all within bounds/);
    expect(second.out).toMatch(/Drills so far: 2/);
    expect(readdirSync(join(folder, '.eventmend', 'drills')).sort()).toEqual(['history.ndjson', 'seed-2']);
    const shown = await run('--history');
    expect(shown.out).toMatch(/Drills so far: 2/);
    expect(originals()).toEqual(before);
  });

  it('ends with 11 where the worker is not what it seems, keeps the folder, and gives the same again by its seed', async () => {
    // What it adds depends on how many events this process has handled, not on the events.
    writeIncident('if (calls % 200 === 0) balance += 7;');
    const words = ['--seed', '5', '--mix', 'missed=4', '--checkpoints', '2', '--strategy', 'log-replay'];
    const failed = await run(...words, '--json');
    expect(failed.code, failed.err).toBe(11);
    const made = drillDocument.parse(JSON.parse(failed.out)).drills[0];
    expect(made?.breaches.map(({ kind }) => kind)).toContain('verification-failed');
    expect(made?.folder).toBe(join(folder, '.eventmend', 'drills', 'seed-5'));
    const planted = join(made?.folder ?? '', 'truth', 'planted.ndjson');
    const first = readFileSync(planted, 'utf8');
    expect(made?.again).toBe(
      'eventmend drill --seed 5 --events 1200 --mix missed=4 --checkpoints 2 --strategy log-replay',
    );
    const again = await runEventmend(folder, (made?.again ?? '').split(' ').slice(1));
    expect(again.code).toBe(11);
    expect(readFileSync(planted, 'utf8')).toBe(first);
    expect(again.out).toContain(made?.again);
  });

  it('ends with 12 outside of a bound, with 13 where nothing recovers', async () => {
    writeIncident();
    const unseen = await run(
      '--leave',
      'nothing',
      '--min-recall',
      '50%',
      '--mix',
      'missed=4',
      '--strategy',
      'log-replay',
    );
    expect(unseen.code, unseen.err).toBe(12);
    expect(unseen.out).toMatch(/recall \d+(\.\d)? % is below 50 %/);
    const wrong = await run(
      '--max-wrong',
      '0',
      '--mix',
      'missed=4',
      'hole=20%',
      '--checkpoints',
      '0',
      '--strategy',
      'log-replay',
    );
    expect(wrong.code, wrong.err).toBe(12);
    expect(wrong.out).toMatch(/of the keys are wrong in the best recovery/);
    const nothing = await run('--mix', 'missed=4', '--strategy', 'estimation');
    expect(nothing.code, nothing.err).toBe(13);
    expect(nothing.out).toMatch(/no strategy recovered anything/);
    expect(nothing.out).toMatch(/refused +estimation: /);
  });

  it('refuses what it cannot do, and says why', async () => {
    writeIncident();
    const refusals: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['--mix', 'missed=4', 'mised=4'], 2, /knows\s+nothing\s+called\s+"mised"/],
      [['--mix', 'missed'], 2, /--mix\s+"missed"\s+is\s+not\s+understood/],
      [['--mix', 'missed=1', 'missed=2'], 2, /is\s+there\s+twice/],
      [['--mix', 'hole=100%'], 2, /leaves\s+nothing/],
      [['--mix', 'missed=0'], 2, /rehearses\s+nothing/],
      [['--seed', '-1'], 2, /no\s+whole\s+number/],
      [['--runs', '0'], 2, /no\s+whole\s+number\s+from\s+1\s+on/],
      [['--min-recall', '120%'], 2, /no\s+share/],
      [['--faulty', 'nowhere.mjs'], 2, /does\s+not\s+exist/],
      [['--events', '100'], 13, /holds\s+100\s+events,\s+and\s+a\s+drill\s+needs\s+200/],
      [['--into', '.'], 16, /where\s+\S+\s+belongs\s+to\s+the\s+incident/],
      [['--into', 'snapshots/drill'], 16, /where\s+.*snapshots\s+belongs\s+to\s+the\s+incident/],
    ];
    for (const [words, code, message] of refusals) {
      const ended = await run(...words);
      expect([ended.code, ended.err], words.join(' ')).toEqual([code, expect.stringMatching(message)]);
    }
    expect(readdirSync(join(folder, 'snapshots'))).toEqual([]);
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine', 'precious'), 'mine');
    const taken = await run('--into', 'mine');
    expect([taken.code, taken.err]).toEqual([2, expect.stringMatching(/exists\s+already,\s+and\s+is\s+no\s+drill/)]);
    expect(readFileSync(join(folder, 'mine', 'precious'), 'utf8')).toBe('mine');
  });

  it('that is killed leaves its folder and nothing else, and the next one begins anew', async () => {
    writeIncident();
    const before = originals();
    for (const delay of [700, 1500, 2500]) {
      await spawnEventmend(folder, ['drill', '--quiet', '--leave', 'outputs', '--seed', '9'], {
        onSpawn: (kill) => setTimeout(() => kill('SIGKILL'), delay),
      });
      expect(originals()).toEqual(before);
      if (existsSync(join(folder, '.eventmend'))) expect(readdirSync(join(folder, '.eventmend'))).toEqual(['drills']);
    }
    const ended = await run('--seed', '9', '--mix', 'missed=4', '--strategy', 'log-replay');
    expect(ended.code, ended.err).toBe(0);
    expect(readdirSync(join(folder, '.eventmend', 'drills'))).toEqual(['history.ndjson']);
    expect(originals()).toEqual(before);
  });

  it('lays the incident itself over its healthy history', async () => {
    writeIncident();
    const file = join(folder, 'bank.incident.yaml');
    writeFileSync(file, `${readFileSync(file, 'utf8')}onset: ${events[900]?.at ?? ''}\n`);
    const words = ['--like-incident', '--leave', 'outputs', '--mix', 'missed=5', '--strategy', 'log-replay'];
    const ended = await run(...words, '--stretches', '2', '--json');
    expect(ended.code, ended.err).toBe(0);
    const { drills } = drillDocument.parse(JSON.parse(ended.out));
    expect(drills.map(({ likeIncident, error, stretch }) => [likeIncident, error.events, stretch.events])).toEqual([
      [0, 300, 500],
      [1, 300, 900],
    ]);
    for (const { strategies } of drills) expect(strategies[0]?.keys).toEqual({ of: 11, wrong: 0 });
    // A comparison holds them, in words and as data, whichever came first.
    expect((await runEventmend(folder, ['recover', '--yes', '--quiet'])).code).toBe(0);
    const compared = await runEventmend(folder, ['compare', '--json']);
    const { heldOut = [] } = compareDocument.parse(JSON.parse(compared.out)).comparison;
    expect(heldOut.map(({ seed, keys, recoveries }) => [seed, keys, recoveries[0]?.states?.same])).toEqual(
      drills.map(({ seed }) => [seed, 11, 11]),
    );
    const inWords = await runEventmend(folder, ['compare', '--quiet']);
    expect(inWords.out).toMatch(/This incident over 2 healthy stretches[^]*log-replay +2 of 2 +0 %/);
    const shown = await run(...words, '--stretches', '1');
    expect(readComparison(join(folder, '.eventmend'))?.heldOut).toHaveLength(1);
    expect(shown.out).toMatch(/This incident over 1 healthy stretch\n/);
    for (const wrong of [
      ['--runs', '2'],
      ['--mix', 'hole=5'],
    ]) {
      expect((await run('--like-incident', ...wrong)).code, wrong.join(' ')).toBe(2);
    }
    expect((await run('--stretches', '2')).code).toBe(2);
  });

  it('finds a strategy out that calls exact what it cannot know', async () => {
    writeIncident();
    const open = await openIncident(join(folder, 'bank.incident.yaml'));
    const liar = {
      name: 'log-replay',
      // It takes the word of somebody who says that no event ever stood where some are lost.
      open: (inputs: Parameters<typeof logReplay>[0]) =>
        logReplay({ ...inputs, declaredGaps: [{ at: { kind: 'up-to', length: 10_000 }, reason: 'a lie' }] }),
    };
    const report = await drill(open, {
      ...{ folder: join(folder, 'd'), seed: 3, checkpoints: 2, strategies: [liar] },
      mix: { missed: 4, hole: 40 },
    });
    open.close();
    const kinds = judgeDrill(report).map(({ kind }) => kind);
    expect(kinds).toContain('called-exact-and-wrong');
    expect(kinds).toContain('called-complete-and-is-not');
  });
});
