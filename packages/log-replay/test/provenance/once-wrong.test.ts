import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { buildTinyIncident } from './build-tiny-incident.js';
import { findWrongWords } from './find-wrong-words.js';
import { recoverTinyIncident } from './recover-tiny-incident.js';
import type { Design, Slot, SnapshotDesign } from './tiny-incident.js';
import type { TinyType } from './tiny-worker.js';

const folder = mkdtempSync(join(tmpdir(), 'eventmend-once-wrong-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function slot(partition: number, part: Partial<Slot> & { readonly type?: TinyType; readonly key?: string } = {}): Slot {
  const { type = 'add', key = `p${partition}k0`, ...rest } = part;
  const value = { type, keys: [key], n: 5 };
  return { partition, time: 'own', value, fate: 'kept', inTruth: 'skipped', listed: true, ...rest };
}

const snapshot = (at: number): SnapshotDesign => ({ at, cuts: null, wrong: 'no', trusted: false, dated: true });

function design(part: Partial<Design> & Pick<Design, 'slots'>): Design {
  return {
    ...{ seed: 1, poison: 'quarantine-event', order: 'time', partitions: 2, onsetAt: part.slots.length },
    shape: { locality: 'partition', many: true, initial: true, window: null, normalise: false, eventType: true },
    ...{ snapshots: [], reviewed: [], deviant: null, live: false, twoLogs: false, deliveries: false },
    ...{ target: null, scope: null, batchEvents: 5 },
    ...part,
  };
}

let runs = 0;
async function recovered(given: Design) {
  const incident = buildTinyIncident(given);
  const result = await recoverTinyIncident(incident, join(folder, String(runs++)));
  if (typeof result === 'string') throw new Error(result);
  expect(findWrongWords(incident, result).wrong).toEqual([]);
  const { plan, verification } = result;
  const words = Object.fromEntries([...result.keys].map(([key, { fidelity }]) => [key, fidelity]));
  const findings = Object.fromEntries(plan.snapshots.map(({ id, finding }) => [id, finding]));
  return { words, findings, checked: plan.workerCheck.checked, verdict: verification.verdict.verdict, verification };
}

it('what only ran for keys that a parked event may have reached is covered by no check', async () => {
  const seen = [slot(0), slot(1, { value: null }), slot(1, { type: 'mint' })];
  const slots = [...seen, slot(0, { type: 'mint' })];
  const { words, checked } = await recovered(design({ slots, snapshots: [snapshot(seen.length)] }));
  expect([checked, words]).toEqual([true, { p0k0: 'unproven', p1k0: 'incomplete' }]);
});

it('what also ran for keys that nothing reaches is covered', async () => {
  const seen = [slot(0), slot(1, { value: null }), slot(1, { type: 'mint' }), slot(0, { type: 'mint' })];
  const { words } = await recovered(design({ slots: [...seen, slot(0, { type: 'mint' })], snapshots: [snapshot(4)] }));
  expect(words).toEqual({ p0k0: 'exact', p1k0: 'incomplete' });
});

it('a state without the keys that lost events alone may have named is not proven', async () => {
  // The faulty service missed the event that the log has lost, too.
  const slots = [slot(0), slot(1, { fate: 'missing' }), slot(1)];
  const { words, findings } = await recovered(design({ slots, onsetAt: 1, snapshots: [snapshot(1), snapshot(2)] }));
  expect(findings).toEqual({ s0: 'proven', s1: 'not-comparable' });
  expect(words['p1k0']).toBe('incomplete');
});

it('a snapshot that was taken behind the onset checks nothing, also where it has seen earlier events only', async () => {
  const slots = [slot(0), slot(1)];
  expect(await recovered(design({ slots, onsetAt: 2, snapshots: [snapshot(2)] }))).toMatchObject({ checked: true });
  // It was made half a second before the third event, which the clock of the log says nothing of.
  const late = [slot(0), slot(1, { time: 'none' }), slot(1, { time: 'none' })];
  expect(await recovered(design({ slots: late, onsetAt: 1, snapshots: [snapshot(3)] }))).toMatchObject({
    ...{ checked: false, words: { p0k0: 'unproven' } },
  });
});

it('a snapshot that has seen the event of the onset checks nothing', async () => {
  // Undated, so that its events alone tell.
  const undated = { ...snapshot(2), dated: false };
  const slots = [slot(0), slot(1)];
  expect(await recovered(design({ slots, onsetAt: 2, snapshots: [undated] }))).toMatchObject({ checked: true });
  expect(
    await recovered(design({ slots: [slot(0), slot(0)], onsetAt: 1, snapshots: [{ ...undated, at: 1 }] })),
  ).toMatchObject({
    checked: true,
  });
  const atOnset = design({
    slots: [slot(0, { key: 'p0k1' }), slot(1, { time: 'none' })],
    onsetAt: 0,
    snapshots: [undated],
  });
  expect(await recovered(atOnset)).toMatchObject({ checked: false });
});

it.each([
  ['a repeated', slot(0, { value: { type: 'add', keys: ['p0k1'], n: 5, id: 'i0', seq: 1 } })],
  ['a parked', slot(1, { value: { type: 'boom', keys: ['p1k0'], n: 5, seq: 1 } })],
])('a snapshot that has seen %s event of the onset checks nothing', async (_, atOnset) => {
  const first = slot(0, { value: { type: 'add', keys: ['p0k0'], n: 5, id: 'i0', seq: 0 } });
  // The last event has an earlier clock, so that no clock at the end tells.
  const { partition } = atOnset;
  const last = slot(partition, { time: 'falling', value: { type: 'add', keys: [`p${partition}k0`], n: 5, seq: 2 } });
  const shape = { ...design({ slots: [] }).shape, window: 3 };
  const given = { shape, order: 'field', snapshots: [{ ...snapshot(3), dated: false }] } as const;
  const slots = [first, atOnset, last];
  expect(await recovered(design({ ...given, slots, onsetAt: 3 }))).toMatchObject({ checked: true });
  expect(await recovered(design({ ...given, slots, onsetAt: 1 }))).toMatchObject({
    ...{ checked: false, words: { p0k0: 'unproven' } },
  });
});

it('a step of time is as real as the events behind it say, whichever log holds them', async () => {
  // Two of the three events that tell of the step stand in the second log alone, behind the snapshot.
  const step = slot(0, { time: 'far', type: 'stamp' });
  const behind = (['own', 'far', 'none', 'none', 'far'] as const).map((time) => slot(0, { time }));
  const slots = [slot(0), step, ...behind];
  for (const twoLogs of [true, false]) {
    expect(await recovered(design({ slots, twoLogs, snapshots: [snapshot(2)] }))).toMatchObject({
      findings: { s0: 'proven' },
    });
  }
});

it('a baseline is derived again over all segments of a partition, whichever log holds them', async () => {
  const slots = [slot(1), slot(1), slot(1), slot(1, { fate: 'empty' }), slot(1)];
  for (const twoLogs of [true, false]) {
    const { verification, verdict, words } = await recovered(design({ slots, twoLogs, snapshots: [snapshot(5)] }));
    expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
    expect([verdict, words]).toEqual(['complete', { p1k0: 'exact' }]);
  }
});

it('a key that was not written for a state that lacks a parked event is as incomplete as that', async () => {
  const two: Slot['value'] = { type: 'gate', keys: ['p0k0', 'p0k1'], n: 1 };
  const even = [slot(0), slot(0), slot(0, { key: 'p0k1' }), slot(0, { value: two })];
  const slots = [...even, slot(0, { type: 'boom' }), slot(0, { value: two })];
  const { words } = await recovered(design({ slots, snapshots: [snapshot(even.length)] }));
  expect(words).toEqual({ p0k0: 'incomplete', p0k1: 'incomplete' });
});
