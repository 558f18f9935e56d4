import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Position } from '../../model/position/position.js';
import { createMemoryLog, type MemoryEvent, type MemoryLogOptions } from '../../sources/log/memory-log.js';
import { defineWorker } from '../../worker/define-worker.js';
import { surveyLogs } from '../coverage/survey-logs.js';
import { completeInputs } from '../inputs/complete-inputs.js';
import type { ExternalRecordsConfig } from '../matching/external-records-config.js';
import { findStandIns } from './find-stand-ins.js';
import type { StandIns } from './stand-in.js';

const folder = mkdtempSync(join(tmpdir(), 'eventmend-stand-ins-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 1, 1);
const worker = defineWorker<{ account: string; cents: number }, number>({
  name: 'w',
  version: '1',
  key: ({ value }) => value.account,
  initial: () => 0,
  evolve: (sum) => sum,
});

interface Row {
  readonly id?: string | null;
  readonly account?: string;
  readonly cents?: number | string;
  readonly at: number;
  readonly kind?: string;
}

const rowAt = (n: number, more: Partial<Row> = {}): Row => ({
  id: `${n}`,
  account: 'a',
  cents: 100 + n,
  at: start + n * hour + minute,
  kind: 'paid',
  ...more,
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
/** An event every hour in one partition; some are lost. */
const log = (lost: (n: number) => boolean, count = 30, more: Partial<MemoryLogOptions> = {}): MemoryLogOptions => ({
  source: 's',
  topic: 't',
  partitions: [{ partition: 0, range: { from: 0, to: count } }],
  events: range(0, count)
    .filter((n) => !lost(n))
    .map((n): MemoryEvent => ({
      offset: n,
      time: start + n * hour,
      value: { type: 'paid', account: 'a', cents: 100 + n, id: `${n}` },
    })),
  ...more,
});

function source(file: string, more: Partial<ExternalRecordsConfig> = {}): ExternalRecordsConfig {
  return {
    name: 'bank',
    rows: { kind: 'file', file, format: 'ndjson' },
    mapping: {
      id: { column: 'id', optional: true },
      key: 'account',
      time: { column: 'at', unit: 'milliseconds' },
      amount: { column: 'cents' },
      reversal: { column: 'kind', is: ['storno'] },
    },
    rule: {
      topic: 't',
      types: ['paid'],
      id: 'value.id',
      key: 'value.account',
      time: 'time',
      within: { earlier: 0, later: 10 * minute },
      amount: { path: 'value.cents', factor: '1' },
      typed: false,
      reversible: true,
      from: null,
      until: null,
    },
    completeFor: ['paid'],
    event: {
      topic: 't',
      key: { mapped: 'key' },
      value: {
        form: 'fields',
        fields: [
          { field: 'type', constant: 'paid' },
          { field: 'account', mapped: 'key', as: 'text' },
          { field: 'cents', mapped: 'amount', as: 'number' },
          { field: 'id', mapped: 'id', as: 'text' },
        ],
      },
    },
    ...more,
  };
}

async function find(
  given: MemoryLogOptions,
  rows: readonly Row[],
  { from = 0, to = 30, clock = null, ...times }: Given = {},
  more: Partial<ExternalRecordsConfig> = {},
): Promise<StandIns> {
  const file = join(folder, 'rows.ndjson');
  writeFileSync(file, rows.map((row) => JSON.stringify(row) + '\n').join(''));
  const situation = completeInputs({ worker, logs: [createMemoryLog(given)], records: [source(file, more)] });
  const survey = await surveyLogs(situation, undefined);
  const at = (next: number, time: number | null): Position => [
    {
      source: 's',
      topic: 't',
      incarnation: '',
      partition: 0,
      next,
      order: { watermark: -Infinity, clock: time ?? -Infinity },
    },
  ];
  return findStandIns({ situation, survey }, { from: at(from, clock), to: at(to, null), ...times });
}

/** Offsets of one partition, and the clock of the baseline. */
interface Given {
  readonly from?: number;
  readonly to?: number;
  readonly clock?: number | null;
  readonly fromTime?: number;
  readonly toTime?: number;
  readonly beginsWithinLoss?: boolean;
}

const used = ({ standIns }: StandIns) => standIns.map(({ row }) => row - 1);
const isLost = (n: number) => n >= 10 && n < 20;

describe('rows that stand in for lost events', () => {
  it('are those of a hole, as events, in the order of time', async () => {
    const rows = range(0, 30).map((n) => rowAt(n));
    const { standIns, perSource } = await find(log(isLost), [...rows.slice(15), ...rows.slice(0, 15)]);
    expect(standIns).toHaveLength(10);
    expect(standIns[0]).toEqual({
      source: 'bank',
      row: 26,
      topic: 't',
      key: 'a',
      keys: ['a'],
      type: 'paid',
      value: '{"type":"paid","account":"a","cents":110,"id":"10"}',
      headers: null,
      time: start + 10 * hour + minute,
    });
    expect(standIns.map(({ time }) => time)).toEqual(range(10, 20).map((n) => start + n * hour + minute));
    expect(perSource).toMatchObject([
      {
        name: 'bank',
        completeFor: ['paid'],
        rows: { used: 10, alreadyKnown: 20, doubtful: 0, outside: 0, beforeBaseline: 0, contradicting: 0, repeated: 0 },
        // The first and the last event could be booked outside of the rows.
        agreement: { known: 18, matched: 18, missing: 0, classes: [{ type: 'paid', month: '2026-02', matched: 18 }] },
        lateness: { earlier: 0, later: 10 * minute },
        distrusted: null,
      },
    ]);
  });

  it('in front of the baseline are told apart by its clock, and doubted beside it', async () => {
    const rows = range(0, 30).map((n) => rowAt(n));
    const found = await find(log(isLost), rows, { from: 14, clock: start + 13 * hour });
    // The row of 13 is a minute behind the clock: its event could be the last of the baseline, or the next.
    expect(used(found)).toEqual([14, 15, 16, 17, 18, 19]);
    expect(found.perSource[0]?.rows).toMatchObject({ beforeBaseline: 3, doubtful: 1, used: 6 });
    const told = await find(log(isLost), rows, { from: 14, fromTime: start + 13 * hour });
    expect(used(told)).toEqual([14, 15, 16, 17, 18, 19]);
  });

  it('are doubtful around a baseline that has its place in a hole by its time alone: it may hold them', async () => {
    const rows = range(0, 30).map((n) => rowAt(n));
    const found = await find(log(isLost), rows, { from: 10, fromTime: start + 14 * hour, beginsWithinLoss: true });
    expect(used(found)).toEqual([15, 16, 17, 18, 19]);
    expect(found.perSource[0]?.rows).toMatchObject({ beforeBaseline: 4, doubtful: 1 });
  });

  it('are all doubtful around a baseline of which nobody knows the time', async () => {
    const found = await find(
      log(isLost),
      range(0, 30).map((n) => rowAt(n)),
      { from: 14 },
    );
    expect(found.perSource[0]?.rows).toMatchObject({ used: 0, doubtful: 10, beforeBaseline: 0 });
  });

  it('are doubtful at the end of a log that is lost, unless somebody knows when the target was', async () => {
    const lost = log((n) => n >= 20);
    const rows = range(0, 36).map((n) => rowAt(n));
    expect((await find(lost, rows)).perSource[0]?.rows).toMatchObject({ used: 0, doubtful: 16 });
    const found = await find(lost, rows, { toTime: start + 29 * hour + 30 * minute });
    expect(used(found)).toEqual(range(20, 30));
    expect(found.perSource[0]?.rows).toMatchObject({ used: 10, doubtful: 0, outside: 6 });
  });

  it('are told of at a target within a lost stretch, where their event may have been behind it', async () => {
    // The target takes in all of the stretch, since nobody knows how much of it was earlier.
    const toTime = start + 15 * hour + 30_000;
    const rows = range(0, 30).map((n) => rowAt(n));
    const found = await find(log(isLost), rows, { to: 20, toTime });
    expect(used(found)).toEqual(range(10, 16));
    expect(found.perSource[0]).toMatchObject({ rows: { used: 6, outside: 4 }, perhapsBehind: 1 });
    const earlier = await find(log(isLost), rows, { to: 20, toTime: toTime + 30 * minute });
    expect(earlier.perSource[0]).toMatchObject({ rows: { used: 6, outside: 4 }, perhapsBehind: 0 });
  });

  it('are doubtful at the front of a log that is lost, unless the source says from when on it has the events', async () => {
    const lost = log((n) => n < 5);
    const rows = [rowAt(-2), ...range(0, 30).map((n) => rowAt(n))];
    expect((await find(lost, rows)).perSource[0]?.rows).toMatchObject({ used: 0, doubtful: 6 });
    const { rule } = source('');
    const found = await find(lost, rows, {}, { rule: { ...rule, from: start } });
    expect(found.perSource[0]?.rows).toMatchObject({ used: 5, doubtful: 0, outside: 1 });
  });

  it('are none that are a known event, that stand there again, or of which nothing is lost', async () => {
    const rows = [...range(0, 30), 12].map((n) => rowAt(n));
    const found = await find(log(isLost), [...rows, rowAt(24, { id: 'x', cents: 7 })]);
    expect(used(found)).toEqual(range(10, 20));
    expect(found.perSource[0]?.rows).toMatchObject({ repeated: 1, outside: 1 });
  });

  it('are none that contradict each other, and none that another row takes back', async () => {
    const rows = range(0, 30).map((n) => rowAt(n));
    const found = await find(log(isLost), [
      ...rows,
      rowAt(12, { cents: 99 }),
      rowAt(15, { id: 'back', kind: 'storno', at: start + 16 * hour }),
    ]);
    expect(used(found)).toEqual([10, 11, 13, 14, 16, 17, 18, 19]);
    expect(found.perSource[0]?.rows).toMatchObject({ contradicting: 2, doubtful: 1, reversals: 1 });
  });

  it('are doubtful where an event that cannot be decoded, or recognised, could be theirs', async () => {
    const rows = range(0, 30).map((n) => rowAt(n));
    const broken = log((n) => n >= 12 && n < 14);
    const events = (broken.events ?? []).map(({ value, ...event }): MemoryEvent =>
      event.offset === 14
        ? { ...event, stored: '{' }
        : event.offset === 11
          ? { ...event, value: { type: 'paid', account: 'a' } }
          : { ...event, value },
    );
    const other = rowAt(11, { id: 'x', cents: 7, at: start + 11 * hour + 5 * minute });
    const found = await find({ ...broken, events }, [...rows, other]);
    expect(used(found)).toEqual([12, 13]);
    expect(found.perSource[0]?.rows).toMatchObject({ doubtful: 3, alreadyKnown: 26 });
  });

  it('are none of a source whose clock or unit the declaration misreads', async () => {
    const late = range(0, 30).map((n) => rowAt(n, { at: start + (n + 2) * hour }));
    const shifted = await find(log(isLost), late);
    expect(shifted.perSource[0]).toMatchObject({ distrusted: 'clock-shifted', rows: { used: 0, doubtful: 10 } });
    const euros = range(0, 30).map((n) => rowAt(n, { cents: `${(100 + n) / 100}` }));
    const unit = await find(log(isLost), euros);
    expect(unit.perSource[0]).toMatchObject({ distrusted: 'amounts-in-other-unit', rows: { used: 0, doubtful: 10 } });
  });

  it('are none where nobody says how late a row may be', async () => {
    const { rule } = source('');
    const found = await find(
      log(isLost),
      range(0, 30).map((n) => rowAt(n)),
      {},
      { rule: { ...rule, within: null } },
    );
    expect(found.perSource[0]).toMatchObject({ rows: { used: 0, doubtful: 10 }, lateness: { later: Infinity } });
  });

  it('must become the events that they stand for', async () => {
    const rows = range(0, 30).map((n) => rowAt(n));
    const { event } = source('');
    if (event?.value.form !== 'fields') throw new Error('made of fields');
    const { fields } = event.value;
    const with_ = (changed: typeof fields) => ({
      event: { ...event, value: { form: 'fields' as const, fields: changed } },
    });
    const attempts: readonly (readonly [typeof fields, RegExp])[] = [
      [fields.slice(1), /row 11|line 11.*of type "t", which the source does not stand for/],
      [[...fields.slice(0, 2), { field: 'cents', constant: 1 }, ...fields.slice(3)], /another amount than the row/],
      [[fields[0], { field: 'account', constant: 'b' }, ...fields.slice(2)] as typeof fields, /another key/],
      [fields.slice(0, 3), /another id/],
    ];
    for (const [changed, message] of attempts) {
      await expect(find(log(isLost), rows, {}, with_(changed))).rejects.toMatchObject({ code: 'invalid-field' });
      await expect(find(log(isLost), rows, {}, with_(changed))).rejects.toThrow(message);
    }
  });

  it('are doubtful where a known event without a row could be theirs, with another amount', async () => {
    const rows = range(0, 30)
      .filter((n) => n !== 20)
      .map((n) => rowAt(n, { id: null }));
    const other = { id: null, cents: 999, at: start + 20 * hour + 2 * minute };
    const { rule, event } = source('');
    if (event?.value.form !== 'fields') throw new Error('made of fields');
    const byTime = {
      rule: { ...rule, id: null },
      event: { ...event, value: { ...event.value, fields: event.value.fields.slice(0, 3) } },
    };
    const found = await find(log(isLost), [...rows, rowAt(20, other)], {}, byTime);
    expect(used(found)).toEqual(range(10, 20));
    // So does the row of the last event in front of the hole: an equal one could be lost right behind it.
    expect(found.leftOut.map(({ row, value }) => [row, value])).toEqual([
      [10, '{"type":"paid","account":"a","cents":109}'],
      [30, '{"type":"paid","account":"a","cents":999}'],
    ]);
    const elsewhere = await find(log(isLost), [...rows, rowAt(20, { ...other, account: 'b' })], {}, byTime);
    expect(used(elsewhere)).toEqual([...range(10, 20), 29]);
  });

  it('are doubtful as far around the baseline as events stand out of the order of their times', async () => {
    const rows = range(0, 30).map((n) => rowAt(n));
    // The event behind the baseline happened 100 minutes before its last one.
    rows[14] = rowAt(14, { at: start + 13 * hour - 100 * minute });
    const options = { from: 14, clock: start + 13 * hour };
    expect((await find(log(isLost), rows, options)).perSource[0]?.rows).toMatchObject({ beforeBaseline: 4 });
    const orderly = log(isLost);
    const events = (orderly.events ?? []).map((event) =>
      event.offset === 5 ? { ...event, time: start + 2 * hour } : event,
    );
    rows[5] = rowAt(5, { at: start + 2 * hour + minute });
    const found = await find({ ...orderly, events }, rows, options);
    expect(found.leftOut.map(({ row }) => row - 1)).toContain(14);
    expect(used(found)).toEqual([16, 17, 18, 19]);
  });

  it('are told of where they are left out, unless they are surely no lost event', async () => {
    const rows = range(0, 30).map((n) => rowAt(n));
    const found = await find(log(isLost), [...rows, rowAt(12), rowAt(15, { cents: 1 }), rowAt(3, { id: 'x' })], {
      from: 14,
      clock: start + 13 * hour,
    });
    expect(used(found)).toEqual([14, 16, 17, 18, 19]);
    expect(found.leftOut.map(({ row }) => row - 1)).toEqual([13, 15, 31]);
  });

  it('must be the same at both readings', async () => {
    const script = join(folder, 'rows.mjs');
    writeFileSync(
      script,
      `import { existsSync, writeFileSync } from 'node:fs';
       const again = existsSync('again');
       writeFileSync('again', '');
       for (let n = 0; n < 30; n++)
         console.log(JSON.stringify({ id: String(n), account: 'a', cents: 100 + n + (again && n === 12 ? 1 : 0), at: ${start} + n * ${hour}, kind: 'paid' }));`,
    );
    const rows = { kind: 'command', command: [process.execPath, script], format: 'ndjson', folder } as const;
    await expect(find(log(isLost), [], {}, { rows })).rejects.toMatchObject({ code: 'input-file-changed' });
  });

  it('are read from no source that does not say how its rows become events', async () => {
    expect(await find(log(isLost), [{ at: 0 }], {}, { event: null })).toEqual({
      standIns: [],
      leftOut: [],
      perSource: [],
    });
  });
});
