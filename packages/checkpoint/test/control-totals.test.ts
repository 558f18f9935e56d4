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

const worker = defineWorker<{ readonly cents: number; readonly type?: string }, number>({
  name: 'balances',
  version: '1.0.0',
  eventType: ({ value }) => value.type ?? 'payment',
  key: (event) => event.key ?? '',
  initial: () => 0,
  evolve: (cents, { value }) => cents + value.cents,
  measures: { cents: (cents) => cents },
});

const hour = 3_600_000;
const position = (next: number) => [
  { source: 'bank', topic: 'payments', incarnation: '', partition: 0, next, order: startOfOrder },
];

/** Ten payments of one cent each hour, as far as a log holds them. */
function paymentsOf(isKept: (event: { readonly offset: number }) => boolean) {
  return createMemoryLog({
    source: 'bank',
    topic: 'payments',
    fingerprint: 'bank',
    partitions: [{ partition: 0, beginning: 0, range: { from: 0, to: 10 } }],
    events: Array.from({ length: 10 }, (_, offset) => ({
      ...{ offset, time: offset * hour, key: 'ada' },
      value: { id: `p-${offset}`, type: 'payment', cents: 1 },
    })).filter(isKept),
  });
}

/** The log holds the payments from `from` on. */
function incidentOf(from: number, totals: NonNullable<IncidentInputs['totals']>): IncidentInputs {
  return {
    incident: { name: 'bank', onset: 8 * hour },
    worker,
    logs: [paymentsOf(({ offset }) => offset >= from)],
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

  describe('of a moment in the middle of what is lost', () => {
    const middle = 5 * hour + 1;
    // Payments of three to six hours are lost: at the middle ada has six cents, of which the log knows three.
    const incidentAt = (totals: NonNullable<IncidentInputs['totals']>): IncidentInputs => ({
      ...incidentOf(0, totals),
      logs: [paymentsOf(({ offset }) => offset < 3 || offset > 6)],
      snapshots: null,
    });
    const totalsOf = async (inputs: IncidentInputs, time: number | null) => {
      const strategy = checkpointRecovery(inputs);
      const plan = await strategy.plan(time === null ? {} : { target: { kind: 'time', time } });
      const { checks } = await strategy.verify(await strategy.recover(plan));
      return { plan, checks: checks.filter(({ name }) => name === 'total') };
    };

    it('are said to be unused where nothing of that moment is recovered', async () => {
      const { plan, checks } = await totalsOf(incidentAt([total(6, middle)]), null);
      expect(plan.totals).toMatchObject([{ totals: 1, held: 0, atTarget: 0, unused: 1 }]);
      expect(checks).toMatchObject([{ result: 'not-checked', detail: { kind: 'totals-unused', first: middle } }]);
    });

    it('contradict nothing where it is recovered to: lost events may belong to them, also those behind it', async () => {
      const { plan, checks } = await totalsOf(incidentAt([total(6, middle)]), middle);
      expect(plan.totals).toMatchObject([{ atTarget: 1, unused: 0 }]);
      expect(checks).toMatchObject([{ result: 'not-checked', detail: { stated: 6, found: 3 } }]);
    });

    it.each([
      [6, 'passed'],
      [7, 'not-checked'],
    ] as const)('hold what stands in up to it, and %s is %s', async (stated, result) => {
      const file = join(scratch, `rows-${stores}.ndjson`);
      const rows = Array.from({ length: 10 }, (_, n) => ({
        ...{ id: `p-${n}`, key: 'ada', time: n * hour, cents: 1 },
        value: { id: `p-${n}`, type: 'payment', cents: 1 },
      }));
      writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      const ledger: NonNullable<IncidentInputs['records']>[number] = {
        name: 'ledger',
        rows: { kind: 'file', file, format: 'ndjson' },
        mapping: { id: 'id', key: 'key', time: { column: 'time', unit: 'milliseconds' }, amount: { column: 'cents' } },
        rule: {
          ...{ topic: 'payments', types: ['payment'], id: 'value.id', key: 'key', time: 'time', typed: false },
          ...{ reversible: false, within: { earlier: 0, later: 0 }, amount: { path: 'value.cents', factor: '1' } },
          ...{ from: 0, until: 10 * hour },
        },
        completeFor: ['payment'],
        event: { topic: 'payments', key: 'key', value: { form: 'column', column: 'value' } },
      };
      const incident = { ...incidentAt([total(stated, middle)]), records: [ledger] };
      const { plan, checks } = await totalsOf(incident, middle);
      // Three of the four lost payments are from up to the moment; nobody knows that the fourth is from behind it.
      expect(plan.standIns?.[0]?.rows.used).toBe(3);
      expect(checks).toMatchObject([{ result, detail: { stated, found: 6 } }]);
    });

    it.each([
      [6, 'night'],
      [7, 'beginning'],
    ] as const)(
      'are held against a copy of that very moment that has no position: %s begins at the %s',
      async (stated, from) => {
        const night = createMemorySnapshots([{ id: 'night', takenAt: middle, rows: [{ key: 'ada', state: 6 }] }]);
        const plan = await checkpointRecovery({ ...incidentAt([total(stated, middle)]), snapshots: night }).plan();
        expect(plan.totals).toMatchObject([{ held: 1, agreeing: stated === 6 ? 1 : 0, unused: 0 }]);
        expect(plan.baseline[0]?.source).toMatchObject(from === 'night' ? { id: 'night' } : { kind: 'genesis' });
      },
    );
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
