import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

  it('that contradict a snapshot are named with it, and so is what they say', async () => {
    const plan = await checkpointRecovery(incidentOf(7, [total(7, 6 * hour), total(5, 4 * hour)])).plan();
    const { reason } = plan.snapshots.find(({ id }) => id === 'late') ?? {};
    expect(reason).toContain('its cents is 9, and the bank says 7');
    expect(plan.totals).toEqual([{ records: null, totals: 2, held: 2, agreeing: 1, atTarget: 0, unused: 0 }]);
  });

  it('of a moment that is that of no snapshot, nor of the target, are said to be unused', async () => {
    const at = 6 * hour + 1;
    const strategy = checkpointRecovery(incidentOf(7, [total(7, at), total(9, 6 * hour)]));
    const plan = await strategy.plan();
    expect(plan.totals).toMatchObject([{ totals: 2, held: 1, agreeing: 1, unused: 1 }]);
    const { checks } = await strategy.verify(await strategy.recover(plan));
    expect(checks.filter(({ name }) => name === 'total')).toEqual([
      { name: 'total', result: 'not-checked', detail: { kind: 'totals-unused', of: 'the bank', totals: 1, first: at } },
    ]);
    const atTarget = checkpointRecovery(incidentOf(0, [total(8, 7 * hour + 1)]));
    const ended = await atTarget.plan({ target: { kind: 'time', time: 7 * hour + 1 } });
    expect(ended.totals).toMatchObject([{ atTarget: 1, unused: 0 }]);
    const verified = await atTarget.verify(await atTarget.recover(ended));
    expect(verified.checks.filter(({ name }) => name === 'total')).toMatchObject([{ result: 'passed' }]);
  });

  it('of some keys are held against these alone', async () => {
    const own = { ...total(9, 6 * hour), keys: ['ada'] };
    const others = { ...total(0, 6 * hour), keys: ['bob', 'cyd'] };
    const held = await checkpointRecovery(incidentOf(7, [own, others])).plan();
    expect(held.baseline[0]).toMatchObject({ source: { id: 'late' } });
    const contradicted = await checkpointRecovery(incidentOf(7, [{ ...own, value: 7 }])).plan();
    expect(contradicted.baseline[0]).toMatchObject({ source: { id: 'early' } });
    expect(contradicted.snapshots.find(({ id }) => id === 'late')?.reason).toContain('its cents of "ada" is 9');
  });

  it('of rows are read digit by digit, for each key or group, and judged as one', async () => {
    const file = join(scratch, 'closing.csv');
    const rowsOf = (...lines: readonly string[]): void => {
      writeFileSync(file, ['konto;tag;saldo', ...lines, ''].join('\n'));
    };
    const totalRows = [
      {
        name: 'closing',
        rows: { kind: 'file', file, format: 'csv', delimiter: ';' },
        mapping: {
          key: 'konto',
          time: { column: 'tag', unit: 'milliseconds' },
          amount: { column: 'saldo', decimal: 'comma', thousands: '.' },
        },
        measure: 'cents',
        factor: '100',
        within: 0,
        of: 'the bank',
        groups: { all: ['ada', 'bob'] },
      },
    ] as const;
    const end = 9 * hour + 1;
    rowsOf(`ada;${6 * hour};0,07`, `all;${end};0,10`, `ada;${end};0,10`, `bob;${end};0,00`, `ada;${2 * hour};0,03`);
    const strategy = checkpointRecovery({ ...incidentOf(0, []), totalRows });
    const plan = await strategy.plan({ target: { kind: 'time', time: end } });
    expect(plan.totals).toEqual([{ records: 'closing', totals: 5, held: 1, agreeing: 0, atTarget: 3, unused: 1 }]);
    const run = await strategy.recover(plan);
    const detail = { kind: 'totals', measure: 'cents', of: 'the bank', totals: 3, agreeing: 3, first: [] };
    const checksOf = (checks: readonly { readonly name: string }[]) => checks.filter(({ name }) => name === 'total');
    const { checks } = await strategy.verify(run);
    expect(checksOf(checks)).toMatchObject([{ result: 'passed', detail }, { result: 'not-checked' }]);
    rowsOf(`all;${end};0,10`, `ada;${end};0,11`, `bob;${end};0,00`);
    const again = await strategy.verify(run);
    const first = [{ keys: ['ada'], stated: 11, found: 10 }];
    expect(checksOf(again.checks)).toMatchObject([{ result: 'failed', detail: { ...detail, agreeing: 2, first } }]);
    rowsOf(`ada;${end};90.071.992.547.409,93`);
    await expect(strategy.verify(run)).rejects.toMatchObject({ code: 'invalid-field' });
  });

  it('of a measure that the worker does not have are refused', async () => {
    const wrong = { ...total(1, null), measure: 'cent' };
    await expect(checkpointRecovery(incidentOf(0, [wrong])).plan()).rejects.toMatchObject({
      code: 'invalid-configuration',
      hint: 'did you mean "cents"?',
    });
  });
});

describe('invariants', () => {
  const whole = (cents: number, key: string): boolean | string => cents !== 9 || `${key} has nine`;
  const strict = defineWorker<{ readonly cents: number }, number>({
    name: 'balances',
    version: '1.0.0',
    key: (event) => event.key ?? '',
    initial: () => 0,
    evolve: (cents, { value }) => cents + value.cents,
    invariants: { 'no nine': whole, small: (cents) => cents < 100 },
  });

  it('that a snapshot breaks make it no baseline, and are named with its first keys', async () => {
    const plan = await checkpointRecovery({ ...incidentOf(7, []), worker: strict }).plan();
    expect(plan.baseline[0]).toMatchObject({ source: { id: 'early' } });
    const { reason } = plan.snapshots.find(({ id }) => id === 'late') ?? {};
    expect(reason).toContain('it breaks the invariant no nine: 1 key, such as "ada"');
    const trusted = { ...incidentOf(7, []), worker: strict, trusted: ['late'] };
    expect((await checkpointRecovery(trusted).plan()).baseline[0]).toMatchObject({ source: { id: 'early' } });
  });

  it('that the result breaks fail the verification, which names the first keys', async () => {
    const breaking = { ...incidentOf(0, []), worker: strict, snapshots: null };
    const strategy = checkpointRecovery(breaking);
    // Nine payments of one cent.
    const plan = await strategy.plan({ target: { kind: 'offsets', offsets: [{ partition: 0, next: 9 }] } });
    const { checks, verdict } = await strategy.verify(await strategy.recover(plan));
    const own = checks.filter(({ name }) => name === 'invariant');
    expect(own).toEqual([
      {
        name: 'invariant',
        result: 'failed',
        detail: {
          kind: 'invariant',
          invariant: 'no nine',
          broken: 1,
          first: { key: 'ada', said: 'ada has nine' },
          keys: ['ada'],
        },
      },
      {
        name: 'invariant',
        result: 'passed',
        detail: { kind: 'invariant', invariant: 'small', broken: 0, first: null, keys: [] },
      },
    ]);
    expect(JSON.stringify(verdict)).toContain('verification-failed');
  });
});
