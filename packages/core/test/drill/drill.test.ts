import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemorySnapshots, openNdjsonSnapshots, type IncidentInputs } from '@eventmend/core';
import { openArchive } from '@eventmend/core/archive';
import {
  completeInputs,
  drill,
  judgeDrill,
  pastDrill,
  readDrillHistory,
  rememberDrill,
  type DrillMix,
  type DrillOptions,
  type DrillReport,
} from '@eventmend/core/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bankInputs, book, bookings, faultyBank, topic, type Account } from './bank.js';
import { readRows, readStates } from './played-by-hand.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drill-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const events = bookings(400, 11);
const mix: DrillMix = { missed: 4 };

function rehearse(options: Partial<DrillOptions> = {}, inputs: Partial<IncidentInputs> = {}): Promise<DrillReport> {
  return drill(completeInputs({ ...bankInputs(events), store: join(folder, 'store'), ...inputs }), {
    ...{ folder: join(folder, 'd'), seed: 1, mix, strategies: [] },
    ...options,
  });
}

function statesAfter(count: number): Map<string, Account> {
  const states = new Map<string, Account>();
  for (const event of events.slice(0, count))
    for (const [key, state] of book((name) => states.get(name), event)) states.set(key, state);
  return states;
}

function positionAfter(count: number) {
  const next = [0, 0, 0];
  for (const { partition, offset } of events.slice(0, count)) next[partition] = offset + 1;
  const order = { watermark: -Infinity, clock: -Infinity };
  return next.map((offset, partition) => ({ source: '', topic, incarnation: '', partition, next: offset, order }));
}

describe('a drill refuses', () => {
  it.each([
    [{ missd: 5 } as DrillMix, /nothing called "missd"/],
    [{ missed: 0 }, /rehearses nothing/],
    [{}, /rehearses nothing/],
    [{ missed: 1.5 }, /1.5 is no amount of missed/],
    [{ missed: -1 }, /-1 is no amount/],
    [{ tainted: 0.5 }, /0.5 is no amount of tainted/],
  ])('the mix %j', async (wrong, message) => {
    await expect(rehearse({ mix: wrong })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(message) as string,
    });
    expect(existsSync(join(folder, 'd'))).toBe(false);
  });

  it('too little healthy history, before the onset or at all', async () => {
    const few = { code: 'too-little-history', exitCode: 13 };
    await expect(rehearse({ events: 100 })).rejects.toMatchObject(few);
    const onset = events[150]?.at ?? 0;
    await expect(rehearse({}, { incident: { name: 'bank', onset } })).rejects.toMatchObject({
      ...few,
      message: expect.stringMatching(/before the onset holds 150 events/) as string,
    });
  });

  it('a folder among live data, however it is named', async () => {
    const snapshots = join(folder, 'snapshots');
    mkdirSync(snapshots);
    symlinkSync(snapshots, join(folder, 'link'));
    const live = { code: 'live-resource', exitCode: 16 };
    const untouchable = [snapshots];
    for (const at of [
      snapshots,
      join(snapshots, 'd'),
      join(folder, 'link', 'd'),
      join(snapshots, '..', 'snapshots', 'x'),
      folder,
    ]) {
      await expect(rehearse({ folder: at, untouchable })).rejects.toMatchObject(live);
    }
    expect(readdirSync(snapshots)).toEqual([]);
    await rehearse({ folder: join(folder, 'snapshots-of-drill'), untouchable });
  });

  it('a folder that holds something else, or a drill that has ended', async () => {
    mkdirSync(join(folder, 'd'));
    writeFileSync(join(folder, 'd', 'precious.txt'), 'mine');
    await expect(rehearse()).rejects.toMatchObject({ code: 'file-exists' });
    await expect(rehearse({ replace: true })).rejects.toMatchObject({ code: 'file-exists' });
    writeFileSync(join(folder, 'd', 'drill.json'), '{"kind":"something","ended":false}');
    await expect(rehearse({ replace: true })).rejects.toMatchObject({ code: 'file-exists' });
    expect(readdirSync(join(folder, 'd')).sort()).toEqual(['drill.json', 'precious.txt']);

    const ended = join(folder, 'ended');
    await rehearse({ folder: ended });
    await expect(rehearse({ folder: ended })).rejects.toMatchObject({ code: 'file-exists' });
    await rehearse({ folder: ended, replace: true });
  });
});

describe('a drill', () => {
  it('that was stopped in the middle is made anew in the same folder', async () => {
    const stopped = rehearse({ diagnose: () => Promise.reject(new Error('killed')) });
    await expect(stopped).rejects.toThrow('killed');
    expect(existsSync(join(folder, 'd', 'report.json'))).toBe(false);
    writeFileSync(join(folder, 'd', 'left-over'), 'half');
    const report = await rehearse();
    expect(report.error.planted.missed).toBe(4);
    expect(existsSync(join(folder, 'd', 'left-over'))).toBe(false);
    expect(existsSync(join(folder, 'd', 'report.json'))).toBe(true);
  });

  it('can be stopped by a signal', async () => {
    await expect(
      drill(
        completeInputs({ ...bankInputs(events), store: join(folder, 'store') }),
        { folder: join(folder, 'd'), seed: 1, mix, strategies: [] },
        { signal: AbortSignal.abort() },
      ),
    ).rejects.toThrow();
  });

  it('uses nothing from the onset on', async () => {
    const onset = events[250]?.at ?? 0;
    const { stretch, error } = await rehearse({}, { incident: { name: 'bank', onset } });
    expect(stretch.events).toBe(250);
    expect(error.end).toBeLessThan(onset);
    expect(readStates(folder, 'd', 'truth', 'states.ndjson')).toEqual(Object.fromEntries(statesAfter(250)));
  });

  it('begins at the first snapshot that the log still reaches where its beginning is gone', async () => {
    const gone = 90;
    const left = events.slice(gone);
    const snapshot = (id: string, count: number) => ({
      id,
      takenAt: events[count]?.at ?? null,
      position: positionAfter(count),
      rows: [...statesAfter(count)].map(([key, state]) => ({ key, state })),
    });
    const snapshots = createMemorySnapshots([snapshot('old', 40), snapshot('first', 120), snapshot('second', 200)]);
    const inputs = { ...bankInputs(left), snapshots };
    const { stretch } = await rehearse({}, inputs);
    expect(stretch).toMatchObject({ base: 'first', events: 280 });
    expect(readStates(folder, 'd', 'truth', 'states.ndjson')).toEqual(Object.fromEntries(statesAfter(400)));
    expect(readStates(folder, 'd', 'checkpoints', 'base.ndjson')).toEqual(Object.fromEntries(statesAfter(120)));

    await expect(rehearse({ folder: join(folder, 'e') }, { ...inputs, snapshots: null })).rejects.toMatchObject({
      code: 'too-little-history',
      message: expect.stringMatching(/the beginning of the log is gone/) as string,
    });
  });

  it('damages checkpoints from before the error, and takes tainted ones behind the onset', async () => {
    const { lost, left, error } = await rehearse({ checkpoints: 3, mix: { missed: 5, damaged: 2, tainted: 2 } });
    expect(lost).toMatchObject({ damaged: 2, tainted: 2 });
    expect(left.checkpoints).toBe(5);
    const { snapshots, damaged } = await openNdjsonSnapshots(join(folder, 'd', 'checkpoints')).list();
    expect(damaged).toHaveLength(2);
    const behind = snapshots.filter(({ takenAt }) => (takenAt ?? 0) > (error.onset ?? 0));
    expect(behind).toHaveLength(2);
    expect(snapshots).toHaveLength(3);
  });

  it('takes times away before anything is handled, so that the truth knows no more than the log', async () => {
    const { lost } = await rehearse({ mix: { missed: 2, untimed: 40 } });
    expect(lost.untimed).toBe(40);
    const log = openArchive(join(folder, 'd', 'log.archive'));
    let without = 0;
    for (const { range, ...id } of log.describe().partitions) {
      const reader = log.read({ ...id, ...range });
      for (let page = reader.next(); page !== null; page = reader.next()) {
        without += Array.from(page.timestamps).filter(Number.isNaN).length;
      }
    }
    log.close();
    expect(without).toBe(40);
  });

  it('hands a faulty version of the worker all events of the error, and plants what it does otherwise', async () => {
    const worker = { kind: 'definition', worker: faultyBank, hash: 'faulty' } as const;
    const { error } = await rehearse({ mix: { wrong: 1 }, faulty: worker });
    expect(error.planted.missed).toBeGreaterThan(3);
    expect(error.planted.wrong).toBeGreaterThan(3);
    const from = error.onset ?? 0;
    const until = error.end ?? 0;
    const named = new Set(readRows(folder, 'd', 'truth', 'planted.ndjson').map(({ event }) => JSON.stringify(event)));
    const window = events.filter(({ at }) => at >= from && at <= until);
    expect(window).toHaveLength(error.events);
    for (const { partition, offset, cents } of window) {
      if (cents >= 400) expect(named).toContain(JSON.stringify({ topic, partition, offset: offset }));
    }
    expect(named.size).toBe(error.planted.missed + error.planted.wrong);
  });

  it('goes into a history, of which lines that were cut off are passed over', async () => {
    const store = join(folder, 'store');
    const report = await rehearse();
    expect(readDrillHistory(store)).toEqual([]);
    const breaches = judgeDrill(report);
    expect(breaches).toEqual([{ kind: 'nothing-recovered' }]);
    rememberDrill(store, pastDrill(report, breaches, 5));
    writeFileSync(join(store, 'drills', 'history.ndjson'), '{"format_version":1,"seed"', { flag: 'a' });
    rememberDrill(store, pastDrill({ ...report, seed: 2 }, [], null));
    const history = readDrillHistory(store);
    expect(history.map(({ seed, at }) => [seed, at])).toEqual([
      [1, 5],
      [2, null],
    ]);
    expect(history[0]).toMatchObject({ planted: 4, found: null, best: null, breaches });
  });
});
