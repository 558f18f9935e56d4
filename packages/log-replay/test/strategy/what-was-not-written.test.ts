import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openIncident } from '@eventmend/core';
import { logReplay } from '../../src/log-replay.js';

const start = Date.UTC(2026, 0, 1);
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-not-written-'))));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Booking {
  readonly type: 'paid' | 'moved' | 'broken' | 'bonus';
  readonly from: string;
  readonly to?: string;
  readonly cents: number;
}

/** Moves money only where there is enough of it, cannot read what is broken, and has forgotten what a bonus is. */
const worker = `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'guarded', version: '1', eventType: ({ value }) => value.type,
  keys: ({ value }) => (value.to === undefined ? [value.from] : [value.from, value.to]),
  initial: () => ({ cents: 0 }),
  evolve(states, { value: { type, from, to, cents } }) {
    if (type === 'broken') throw new Error('cannot be read');
    const { cents: before } = states.get(from);
    if (type === 'paid') states.set(from, { cents: before + cents });
    if (type !== 'moved' || before < cents) return;
    states.set(from, { cents: before - cents });
    states.set(to, { cents: states.get(to).cents + cents });
  },
});
`;

const checked: readonly Booking[] = [
  { type: 'paid', from: 'a', cents: 10 },
  { type: 'paid', from: 'b', cents: 5 },
  { type: 'paid', from: 'c', cents: 7 },
  { type: 'moved', from: 'a', to: 'b', cents: 4 },
  { type: 'moved', from: 'a', to: 'b', cents: 50 },
];

/** A log that begins with bookings which a snapshot of the service stands behind, and goes on with others. */
async function recovered(behind: readonly Booking[]) {
  const inputs = mkdtempSync(join(folder, 'incident-'));
  const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
  writeFileSync(join(inputs, 'worker.mjs'), worker);
  const events = [...checked, ...behind].map((value, offset) =>
    line({ topic: 't', partition: 0, offset, timestamp: start + offset * 1000, key: value.from, value }),
  );
  writeFileSync(join(inputs, 'log.ndjson'), events.join(''));
  writeFileSync(join(inputs, 'states.csv'), 'key,cents\na,6\nb,9\nc,7\n');
  const incident = await openIncident({
    worker: join(inputs, 'worker.mjs'),
    log: { ndjson: join(inputs, 'log.ndjson') },
    store: join(inputs, 'store'),
    onset: new Date(start + checked.length * 1000).toISOString(),
    poison: 'quarantine-event',
    snapshots: [
      {
        csv: join(inputs, 'states.csv'),
        mapping: { key: 'key', state: { columns: { cents: { column: 'cents', type: 'integer' } } } },
        taken_at: new Date(start + (checked.length - 1) * 1000).toISOString(),
        position: { t: { 0: String(checked.length) } },
      },
    ],
  });
  const strategy = logReplay(incident);
  const run = await strategy.recover(await strategy.plan());
  const { verdict, checks } = await strategy.verify(run);
  const words = new Map([...run.states()].map(({ key, state, fidelity }) => [key, [state, fidelity]]));
  const failed = checks.filter(({ result }) => result === 'failed');
  incident.close();
  return { states: Object.fromEntries(words), verdict: verdict.verdict, failed };
}

it('a key that was not written for a state that lacks a parked event is as incomplete as that', async () => {
  const { states, verdict, failed } = await recovered([
    { type: 'broken', from: 'a', cents: 100 },
    { type: 'moved', from: 'a', to: 'b', cents: 50 },
  ]);
  expect(states).toEqual({
    a: [{ cents: 6 }, 'incomplete'],
    b: [{ cents: 9 }, 'incomplete'],
    c: [{ cents: 7 }, 'exact'],
  });
  expect([verdict, failed]).toEqual(['incomplete', []]);
});

it('a key that was not written for an exact state stays exact', async () => {
  const { states, verdict } = await recovered([{ type: 'moved', from: 'a', to: 'b', cents: 50 }]);
  expect(states).toEqual({ a: [{ cents: 6 }, 'exact'], b: [{ cents: 9 }, 'exact'], c: [{ cents: 7 }, 'exact'] });
  expect(verdict).toBe('complete');
});

it('an event that no check covered leaves its keys unproven, and those that hang on them, though it wrote nothing', async () => {
  const { states, verdict } = await recovered([
    { type: 'bonus', from: 'a', cents: 100 },
    { type: 'moved', from: 'a', to: 'b', cents: 50 },
  ]);
  expect(states).toEqual({ a: [{ cents: 6 }, 'unproven'], b: [{ cents: 9 }, 'unproven'], c: [{ cents: 7 }, 'exact'] });
  expect(verdict).toBe('incomplete');
});
