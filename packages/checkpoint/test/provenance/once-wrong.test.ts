import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { buildTinyIncident } from './build-tiny-incident.js';
import { findWrongWords } from './find-wrong-words.js';
import { recoverTinyIncident } from './recover-tiny-incident.js';
import type { Design, RecordsDesign, Slot, SnapshotDesign } from './tiny-incident.js';
import type { TinyType } from './tiny-worker.js';

const folder = mkdtempSync(join(tmpdir(), 'eventmend-once-wrong-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function slot(
  part: Partial<Slot> & { readonly type?: TinyType; readonly key?: string; readonly id?: string } = {},
): Slot {
  const { type = 'add', key = 'p0k0', id, ...rest } = part;
  return {
    partition: 0,
    value: { type, a: key, n: 5, ...(id !== undefined && { id }) },
    fate: 'kept',
    time: 'own',
    inTruth: 'skipped',
    ...rest,
  };
}

const snapshot = (at: number): SnapshotDesign => ({ at, wrong: 'no', trusted: false, placed: true });

/** All events are there, each at its very time, unless it says otherwise. */
function records(rows: RecordsDesign['rows'], part: Partial<RecordsDesign> = {}): RecordsDesign {
  return {
    ...{ withId: false, withAmount: true, typed: true, types: null, completeFor: ['add', 'set'], rows },
    ...{ within: { earlier: 0, later: 0 }, from: -2, until: 20, lie: 'none', shuffled: false, split: false },
    ...part,
  };
}

const row = (index: number) => ({ slot: index, late: 0, twice: false });

function design(part: Partial<Design> & Pick<Design, 'slots'>): Design {
  return {
    ...{ seed: 1, partitions: 1, snapshots: [], onsetAt: part.slots.length, records: null, facts: null },
    shape: { locality: 'partition', initial: true, counts: false },
    ...{ totals: false, live: false, retention: false, target: 'end', batchEvents: 5 },
    ...part,
  };
}

let runs = 0;
async function recovered(given: Design) {
  const incident = buildTinyIncident(given);
  const result = await recoverTinyIncident(incident, join(folder, String(runs++)));
  if (typeof result === 'string') throw new Error(result);
  expect(findWrongWords(incident, result).wrong).toEqual([]);
  const words = Object.fromEntries([...result.keys].map(([key, { fidelity }]) => [key, fidelity]));
  return { words, plan: result.plan, verification: result.verification };
}

it.each([
  { name: 'can lie behind the target', lost: 4, later: 600, fate: 'used', word: 'incomplete' },
  { name: 'lies behind the target', lost: 4, later: 400, fate: 'outside', word: 'incomplete' },
  { name: 'lies in front of the target', lost: 3, later: 400, fate: 'used', word: 'external' },
])('a row whose event $name within what is lost is $fate, and its key $word', async ({ lost, later, fate, word }) => {
  // The target is a time, half a step behind the fourth of seven events: it takes in all of a stretch that it lies in.
  const slots = Array.from({ length: 7 }, (_, index) =>
    slot({ id: `e${index}`, fate: index === lost ? 'missing' : 'kept' }),
  );
  const given = { slots, snapshots: [snapshot(3)], target: 'time', onsetAt: 3 } as const;
  const rows = slots.map((_, index) => row(index));
  const { words, plan } = await recovered(
    design({ ...given, records: records(rows, { withId: true, within: { earlier: 0, later } }) }),
  );
  expect([plan.standIns?.[0]?.rows[fate as 'used'], words]).toEqual([1, { p0k0: word }]);
});

it('a trusted state is followed in the order of the log in front of it', async () => {
  // Behind it stands an event of an earlier time than the last in front of it; the state is empty, and so proves nothing.
  const wipes = [
    slot({ type: 'wipe' }),
    slot({ type: 'wipe' }),
    slot({ type: 'wipe' }),
    slot({ type: 'wipe', time: 'falling' }),
  ];
  const lost = slot({ partition: 1, type: 'wipe', key: 'p1k0', fate: 'missing' });
  const given = { slots: [...wipes, lost], partitions: 2, snapshots: [{ ...snapshot(3), trusted: true }] };
  const { plan, verification } = await recovered(design(given));
  expect(plan.baseline[0]?.basis).toBe('declared');
  expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
});

it.each([
  ['later', 6, 's0'],
  ['not later', 4, 's1'],
])('a state from within what is lost that is %s than a target there', async (_, at, begun) => {
  // The third to the seventh of eight events are lost, and the target is the time half a step behind the fifth.
  const slots = Array.from({ length: 8 }, (__, index) => slot({ fate: index >= 2 && index < 7 ? 'missing' : 'kept' }));
  const snapshots = [snapshot(2), { ...snapshot(at), trusted: true }];
  const { plan } = await recovered(design({ slots, snapshots, target: 'time' }));
  expect(plan.baseline.map(({ source }) => source)).toMatchObject([{ kind: 'snapshot', id: begun }]);
});
