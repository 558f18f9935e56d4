import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openNdjsonLog, openNdjsonSnapshots } from '@eventmend/core';
import { runWorkerCheck, type RecoveryInputs } from '@eventmend/core/engine';
import { describe, expect, it } from 'vitest';
import { failure, fixtures, snapshotsOf, type Fixture, type FixtureEvent } from './replay-fixture.js';
import { again, except } from './planted-mistakes.js';
import {
  accountRule,
  accountWorker,
  bookings,
  formatLocation,
  healthy,
  leftBehind,
  played,
  revealing,
  told,
} from './played-service.js';

const use = fixtures();
const count = 400;
const events = bookings(count);
const whole = [200, 200];
const damagedAt = 50;
const byTime = { by: 'time', maxStepMs: 24 * 3600 * 1000 } as const;

const mapping = {
  source: 'fixture',
  topic: 't',
  partition: { column: 'p' },
  offset: { column: 'o' },
  time: { column: 't', unit: 'milliseconds' },
  value: { column: 'v' },
} as const;

/** The log as files that a broken write went into: one line has its partition and offset, and no more. */
function damagedLog(f: Fixture): Pick<RecoveryInputs, 'logs'> {
  const file = join(f.folder, 'log.ndjson');
  const next = [0, 0];
  const line = ({ partition = 0, time, value }: FixtureEvent, n: number): string => {
    const offset = (next[partition] as number)++;
    const text = JSON.stringify({ p: partition, o: offset, t: time, v: value });
    return n === damagedAt ? text.slice(0, text.indexOf('"t"')) : text;
  };
  writeFileSync(file, events.map(line).join('\n'));
  return { logs: [{ log: openNdjsonLog([file], mapping, { damage: 'keep' }), as: 'log' }] };
}

describe('a record of the log that cannot be read', () => {
  it('accuses no event behind it, where the service could read it', async () => {
    const f = use(events, accountWorker(''));
    await f.writeSnapshot('s-1', [10, 10], played(events, healthy(20), accountRule).states);
    const { ledger, outputs, states } = played(events, healthy(count), accountRule);
    const more = { ...damagedLog(f), snapshots: snapshotsOf(f), trusted: ['s-1'], order: byTime };
    const evidence = [{ outputs }, { outputs, ledger: ledger.filter((_, n) => n !== damagedAt) }];
    for (const left of evidence) {
      const found = await told(await leftBehind(f, { ...left, live: { next: whole, states } }, more));
      expect(found.faults).toEqual([]);
      expect(found.diagnosis.tally).toMatchObject({ unknownEvents: 1, firstUnknownEvent: 't[0]@25' });
    }
  });

  it('hides no mistake that outputs reveal', async () => {
    const f = use(events, accountWorker(revealing));
    await f.writeSnapshot('s-1', [10, 10], played(events, healthy(20), accountRule).states);
    const planted = except(count, (all) => {
      again(all, 250, 250);
      all.splice(100, 1);
    });
    const { outputs, states } = played(events, planted, accountRule);
    const more = { ...damagedLog(f), snapshots: snapshotsOf(f), trusted: ['s-1'], order: byTime };
    const found = await told(await leftBehind(f, { outputs, live: { next: whole, states } }, more));
    expect(found.faults).toEqual([`twice ${formatLocation(250)}`, `missed ${formatLocation(100)}`]);
  });

  it('makes the beginning of the log no state that is known to be right', async () => {
    const f = use(events, accountWorker(revealing));
    const { outputs } = played(events, healthy(count), accountRule);
    const situation = await leftBehind(f, { outputs }, { ...damagedLog(f), order: byTime });
    expect((await failure(told(situation))).code).toBe('no-trusted-state');
  });

  it('lets nobody say what the deployed version explains', async () => {
    const f = use(events, accountWorker(''));
    await f.writeSnapshot('s-1', [10, 10], played(events, healthy(20), accountRule).states);
    await f.writeSnapshot('live', whole, played(events, healthy(count), accountRule).states, { folder: 'live' });
    const file = join(f.folder, 'deployed.mjs');
    const deployed = accountWorker('').replace('* 7', '* 8');
    writeFileSync(file, `import { defineWorker } from '@eventmend/core';\nexport default defineWorker(${deployed});\n`);
    const situation = f.but({
      ...damagedLog(f),
      order: byTime,
      snapshots: snapshotsOf(f),
      trusted: ['s-1'],
      live: openNdjsonSnapshots(join(f.folder, 'live', 'live.ndjson'), { defaultSource: 'fixture' }),
    });
    const faulty = { kind: 'module', url: pathToFileURL(file).href } as const;
    const report = await runWorkerCheck(situation, { faulty });
    expect(report.faulty?.reason).toMatchObject({ kind: 'gaps', gaps: [{ partition: 0, from: 25, to: 26 }] });
  });
});
