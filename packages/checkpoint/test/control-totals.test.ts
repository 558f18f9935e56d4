import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryLog, createMemorySnapshots, defineWorker, type IncidentInputs } from '@eventmend/core';
import { startOfOrder } from '@eventmend/core/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpointRecovery } from '../src/index.js';

const scratch = mkdtempSync(join(tmpdir(), 'eventmend-totals-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let stores = 0;

const worker = defineWorker<{ readonly cents: number }, number>({
  name: 'balances',
  version: '1.0.0',
  key: (event) => event.key ?? '',
  initial: () => 0,
  evolve: (cents, { value }) => cents + value.cents,
  measures: { cents: (cents) => cents },
});

const hour = 3_600_000;
const position = (next: number) => [
  { source: 'bank', topic: 'payments', incarnation: '', partition: 0, next, order: startOfOrder },
];

/** Ten payments of one cent each hour; the log holds them from `from` on. */
function incidentOf(from: number, totals: NonNullable<IncidentInputs['totals']>): IncidentInputs {
  return {
    incident: { name: 'bank', onset: 8 * hour },
    worker,
    logs: [
      createMemoryLog({
        source: 'bank',
        topic: 'payments',
        fingerprint: 'bank',
        partitions: [{ partition: 0, beginning: 0, range: { from: 0, to: 10 } }],
        events: Array.from({ length: 10 }, (_, offset) => ({
          offset,
          time: offset * hour,
          key: 'ada',
          value: { cents: 1 },
        })).filter(({ offset }) => offset >= from),
      }),
    ],
    snapshots: createMemorySnapshots([
      { id: 'early', takenAt: 4 * hour, position: position(5), rows: [{ key: 'ada', state: 5 }] },
      // Wrong, and no log can show it: it is whole, and from before the onset.
      { id: 'late', takenAt: 6 * hour, position: position(7), rows: [{ key: 'ada', state: 9 }] },
    ]),
    totals,
    store: join(scratch, String(stores++)),
  };
}

const total = (value: number, at: number | null) => ({ measure: 'cents', value, within: 0, at, of: 'the bank' });

describe('control totals', () => {
  it('keep a recovery from beginning at a snapshot that they contradict, and say so of one that they confirm', async () => {
    const without = await checkpointRecovery(incidentOf(7, [])).plan();
    expect(without.baseline[0]).toMatchObject({ source: { id: 'late' } });
    const plan = await checkpointRecovery(incidentOf(7, [total(7, 6 * hour), total(5, 4 * hour)])).plan();
    expect(plan.baseline[0]).toMatchObject({ source: { id: 'early' }, basis: 'unproven' });
    expect(plan.baseline[0]?.evidence).toContain('its cents is what the control totals say');
  });

  it.each([
    [10, 0, 'passed'],
    [11, 0, 'failed'],
    // Events are lost: another total shows how much they made out.
    [11, 6, 'not-checked'],
    [4, 6, 'passed'],
  ] as const)('%s at the end, with the log from %s on, is %s', async (value, from, result) => {
    const strategy = checkpointRecovery({ ...incidentOf(from, [total(value, null)]), snapshots: null });
    const run = await strategy.recover();
    const { checks } = await strategy.verify(run);
    const found = from === 0 ? 10 : 4;
    expect(checks.find(({ name }) => name === 'total')).toEqual({
      name: 'total',
      result,
      detail: { kind: 'total', measure: 'cents', stated: value, found, of: 'the bank' },
    });
  });

  it('of a measure that the worker does not have are refused', async () => {
    const wrong = { ...total(1, null), measure: 'cent' };
    await expect(checkpointRecovery(incidentOf(0, [wrong])).plan()).rejects.toMatchObject({
      code: 'invalid-configuration',
      hint: 'did you mean "cents"?',
    });
  });
});
