import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIncident } from '@eventmend/core';
import { completeInputs, prepareInputs, proveTransitions, type Transition } from '@eventmend/core/engine';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'eventmend-transitions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const start = Date.UTC(2026, 10, 1);

it('transitions that are proven in turn in one thread are those that are proven each in its own', async () => {
  // Only the first stretch has withdrawals: no later one may claim to have exercised their code.
  const events = Array.from({ length: 60 }, (_, offset) => ({
    ...{ topic: 'payments', partition: 0, offset: String(offset), timestamp: start + offset * 60_000 },
    key: `account-${offset % 4}`,
    value: { cents: offset % 3 === 0 && offset >= 10 && offset < 20 ? -1 : 2 },
  }));
  writeFileSync(join(folder, 'payments.ndjson'), lines(events));
  writeFileSync(
    join(folder, 'worker.mjs'),
    `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'accounts', version: '1.0.0', locality: 'partition', key: ({ key }) => key, initial: () => ({ cents: 0 }),
  evolve({ cents }, { value }) {
    if (value.cents < 0) {
      return { cents: cents + value.cents };
    }
    return { cents: cents + value.cents };
  },
});
`,
  );
  mkdirSync(join(folder, 'snapshots'));
  for (const next of [10, 20, 30, 40, 50, 60]) {
    const states = new Map<string, number>();
    for (const { key, value } of events.slice(0, next)) states.set(key, (states.get(key) ?? 0) + value.cents);
    // The service was wrong between 30 and 40.
    if (next >= 40) states.set('account-1', (states.get('account-1') ?? 0) + 7);
    const header = {
      ...{
        format_version: 1,
        kind: 'snapshot',
        id: `s-${next}`,
        taken_at: new Date(start + next * 60_000).toISOString(),
      },
      position: [{ topic: 'payments', partition: 0, next: String(next) }],
    };
    const rows = [...states].map(([key, cents]) => ({ key, state: { cents } }));
    writeFileSync(join(folder, 'snapshots', `s-${next}.ndjson`), lines([header, ...rows]));
  }
  const prove = async (atOnce: number): Promise<readonly Transition[]> => {
    const incident = await openIncident({
      worker: join(folder, 'worker.mjs'),
      log: { ndjson: join(folder, 'payments.ndjson') },
      snapshots: join(folder, 'snapshots'),
      store: join(folder, `store-${atOnce}`),
    });
    const prepared = await prepareInputs(completeInputs(incident));
    try {
      return await proveTransitions(prepared, {}, atOnce, 1);
    } finally {
      prepared.close();
      incident.close();
    }
  };
  const inTurn = await prove(1);
  const apart = await prove(5);
  expect(inTurn.map(({ to, finding }) => `${to.description.id} ${finding.finding}`)).toEqual([
    ...['s-20 proven', 's-30 proven', 's-40 differs', 's-50 proven', 's-60 proven'],
  ]);
  expect(inTurn.every(({ covered }) => covered !== null)).toBe(true);
  // How many blocks the code has is known the better the more of it has run in a thread; which of them ran is the same.
  const exercised = ({ covered }: Transition): string =>
    JSON.stringify(covered, (name, value: unknown) => (name === 'ran' || name === 'seen' ? undefined : value));
  expect(inTurn.map(exercised)).toEqual(apart.map(exercised));
  for (const atOnce of [2, 3]) {
    const shared = await prove(atOnce);
    expect(shared.map(({ finding }) => finding)).toEqual(inTurn.map(({ finding }) => finding));
    expect(shared.map(exercised)).toEqual(inTurn.map(exercised));
  }
  const [first, second] = inTurn.map(exercised);
  expect(first).not.toBe(second);
});
