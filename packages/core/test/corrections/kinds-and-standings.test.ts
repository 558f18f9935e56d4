import type { MemoryOutput } from '../../src/sources/records/memory-recorded-outputs.js';
import { describe, expect, it } from 'vitest';
import { OutputValues } from '../../src/evidence/compare/output-values.js';
import type { Correction } from '../../src/evidence/corrections/correction.js';
import { compare, recordsOf, runOf, type Compared, type Emitted, type TestEvent } from './run-of-events.js';

/** An event with one output of key k. */
const one = (offset: number, output: string, value: unknown, key = 'k'): TestEvent => ({
  ...{ offset, outputs: [{ output, key, value }] },
});
/** Something before and after, so that what is between lies in the recorded stretch. */
const framed = (...events: readonly TestEvent[]): readonly TestEvent[] => [
  one(0, 'noted', 'first', 'frame'),
  ...events,
  one(99, 'noted', 'last', 'frame'),
];
const at = (offset: number, output: string, value: unknown, key: string | null = 'k'): MemoryOutput => ({
  ...{ output, key, value, event: { topic: 't', partition: 0, offset } },
});
const framedRecords = (...records: readonly MemoryOutput[]): readonly MemoryOutput[] => [
  at(0, 'noted', 'first', 'frame'),
  ...records,
  at(99, 'noted', 'last', 'frame'),
];

const brief = ({ action, output, value, replaces, event, ordinal, listedBecause }: Correction) => [
  ...[action, output, value, replaces?.value, event.offset, ordinal],
  ...(listedBecause === null ? [] : [listedBecause]),
];
const actions = ({ corrections }: Compared) => corrections.map(brief);

describe.each(['booked', 'noted', 'sum', 'mail', 'balance', 'unheard'])(
  'an output %s that was recorded as intended',
  (output) => {
    it('needs nothing', async () => {
      const events = framed(one(1, output, 5));
      const found = await compare(runOf(events), recordsOf(events));
      expect(found).toMatchObject({ corrections: [], counts: { intended: 3, recorded: 3, done: 3 } });
    });
  },
);

describe('kind event', () => {
  it('owed: is sent', async () => {
    const found = await compare(runOf(framed(one(1, 'booked', 5))), framedRecords());
    expect(actions(found)).toEqual([['send', 'booked', 5, undefined, 1, 0]]);
    expect(found.counts).toMatchObject({ done: 2, owed: 1 });
  });

  it('replaced: the wrong one is retracted, then the right one sent', async () => {
    const found = await compare(runOf(framed(one(1, 'booked', 5))), framedRecords(at(1, 'booked', 6)));
    expect(actions(found)).toEqual([
      ['retract', 'booked', { undo: 6 }, 6, 1, 0],
      ['send', 'booked', 5, 6, 1, 0],
    ]);
    expect(found.counts).toMatchObject({ replaced: 1, actions: { send: 1, retract: 1, list: 0 } });
  });

  it('recorded twice, or never intended: retracted, or listed where nobody says how', async () => {
    const events = framed(one(1, 'booked', 5), one(3, 'noted', 7));
    const records = framedRecords(at(1, 'booked', 5), at(1, 'booked', 5), at(2, 'noted', 1), at(3, 'noted', 7));
    const found = await compare(runOf(events), records);
    expect(actions(found)).toEqual([
      ['retract', 'booked', { undo: 5 }, 5, 1, 0],
      ['list', 'noted', null, 1, 2, 0, 'not-retractable'],
    ]);
    expect(found.counts).toMatchObject({ done: 4, toRetract: 2 });
  });

  it('under another key: the receivers of the wrong key get a retraction', async () => {
    const found = await compare(runOf(framed(one(1, 'booked', 5))), framedRecords(at(1, 'booked', 5, 'other')));
    expect(found.corrections.map(({ action, key }) => [action, key])).toEqual([
      ['send', 'k'],
      ['retract', 'other'],
    ]);
  });

  it('with records that say no key: they are matched by event and output', async () => {
    const found = await compare(runOf(framed(one(1, 'booked', 5))), framedRecords(at(1, 'booked', 5, null)));
    expect(found).toMatchObject({ corrections: [], counts: { done: 3 } });
  });
});

describe('several outputs of one name and key in one event', () => {
  const lines = (...values: readonly unknown[]): TestEvent => ({
    ...{ offset: 1, outputs: values.map((value): Emitted => ({ output: 'booked', key: 'k', value })) },
  });
  const given = (...values: readonly unknown[]) => framedRecords(...values.map((value) => at(1, 'booked', value)));

  it('handled twice: the second time, each ordinal is retracted once', async () => {
    const found = await compare(runOf(framed(lines(1, 2))), given(1, 2, 1, 9));
    expect(actions(found)).toEqual([
      ['retract', 'booked', { undo: 1 }, 1, 1, 0],
      ['retract', 'booked', { undo: 9 }, 9, 1, 1],
    ]);
  });

  it('handled wrongly and then rightly: only what was wrong is taken back', async () => {
    const found = await compare(runOf(framed(lines(5))), given(6, 5));
    expect(actions(found)).toEqual([['retract', 'booked', { undo: 6 }, 6, 1, 0]]);
    expect(found.counts).toMatchObject({ done: 3, replaced: 0, toRetract: 1 });
  });

  it('the first one lost: the second one is not taken for it', async () => {
    const found = await compare(runOf(framed(lines(1, 2))), given(2));
    expect(actions(found)).toEqual([['send', 'booked', 1, undefined, 1, 0]]);
  });

  it('three handlings: two retractions with two ids', async () => {
    const found = await compare(runOf(framed(lines(1))), given(1, 1, 1));
    expect(actions(found)).toHaveLength(2);
    expect(new Set(found.corrections.map(({ id }) => id)).size).toBe(2);
    expect(new Set(found.corrections.map(({ semanticId }) => semanticId)).size).toBe(1);
  });
});

describe('kind latest', () => {
  const events = framed(one(1, 'balance', 10), one(2, 'balance', 20), one(3, 'balance', 30));

  it('only the last value matters', async () => {
    const wrong = framedRecords(at(1, 'balance', 11), at(2, 'balance', 22), at(3, 'balance', 33));
    const found = await compare(runOf(events), wrong);
    expect(actions(found)).toEqual([['send', 'balance', 30, 33, 3, 0]]);
    expect(found.counts).toMatchObject({ superseded: 2, replaced: 1, done: 2 });
  });

  it('superseded: what came between needs nothing', async () => {
    const found = await compare(runOf(events), framedRecords(at(2, 'balance', 7), at(3, 'balance', 30)));
    expect(found).toMatchObject({ corrections: [], counts: { superseded: 2, done: 3 } });
  });

  it('owed: nothing was recorded for the key', async () => {
    const found = await compare(runOf(events), framedRecords());
    expect(actions(found)).toEqual([['send', 'balance', 30, undefined, 3, 0]]);
    expect(found.counts).toMatchObject({ owed: 1, superseded: 2 });
  });

  it('an older one recorded last: the newest is sent again', async () => {
    const found = await compare(runOf(events), framedRecords(at(3, 'balance', 30), at(1, 'balance', 10)));
    expect(actions(found)).toEqual([['send', 'balance', 30, 10, 3, 0]]);
  });

  it('the right value from another event: stands', async () => {
    const found = await compare(runOf(events), framedRecords(at(2, 'balance', 30)));
    expect(found).toMatchObject({ corrections: [], counts: { done: 3 } });
  });

  it('something newer beyond the target: nothing is sent', async () => {
    const run = runOf(events, { target: [100], logEnd: [200] });
    const found = await compare(run, framedRecords(at(3, 'balance', 33), at(150, 'balance', 99)));
    expect(found).toMatchObject({ corrections: [], counts: { outsideRun: 1, superseded: 3 } });
  });

  it('recorded for a key that has none: to retract, where the run begins at the beginning', async () => {
    const records = framedRecords(at(3, 'balance', 1, 'ghost'));
    expect(actions(await compare(runOf(framed()), records))).toEqual([
      ['list', 'balance', null, 1, 3, 0, 'not-retractable'],
    ]);
    const later = await compare(runOf(framed(), { from: [1] }), records);
    expect(later).toMatchObject({ corrections: [], counts: { unknown: { 'event-not-replayed': 1 } } });
  });

  it('in records without an order, several values of a key cannot be told apart', async () => {
    const records = framedRecords(at(2, 'balance', 20), at(3, 'balance', 30));
    const found = await compare(runOf(events), records, { order: 'unknown' });
    expect(found).toMatchObject({ corrections: [], counts: { unknown: { 'order-of-records': 1 } } });
  });
});

describe('kind delta', () => {
  const deltas: [string, unknown, unknown, unknown][] = [
    ['numbers', 5, 8, -3],
    ['fractions, as the decimals that they are', 0.3, 0.1, 0.2],
    ['objects of numbers, field by field', { a: 1, b: 2 }, { b: 5, c: 4 }, { a: 1, b: -3, c: -4 }],
    [
      'the field __proto__ too',
      JSON.parse('{"__proto__":3}'),
      JSON.parse('{"__proto__":1}'),
      JSON.parse('{"__proto__":2}'),
    ],
  ];
  it.each(deltas)('replaced, %s: the difference is sent', async (_, right, wrong, difference) => {
    const found = await compare(runOf(framed(one(1, 'sum', right))), framedRecords(at(1, 'sum', wrong)));
    expect(actions(found)).toEqual([['send', 'sum', difference, wrong, 1, 0]]);
    expect(JSON.stringify(found.corrections[0]?.value)).toBe(JSON.stringify(difference));
  });

  it('replaced, by a difference that no number is: the opposite, and the whole of it', async () => {
    const [right, wrong] = [Number.MAX_SAFE_INTEGER - 1, -Number.MAX_SAFE_INTEGER];
    const found = await compare(runOf(framed(one(1, 'sum', right))), framedRecords(at(1, 'sum', wrong)));
    expect(actions(found)).toEqual([
      ['retract', 'sum', -wrong, wrong, 1, 0],
      ['send', 'sum', right, wrong, 1, 0],
    ]);
  });

  it('owed and surplus: the whole of it, or the opposite', async () => {
    const found = await compare(runOf(framed(one(1, 'sum', 5))), framedRecords(at(2, 'sum', { a: 2 })));
    expect(actions(found)).toEqual([
      ['send', 'sum', 5, undefined, 1, 0],
      ['retract', 'sum', { a: -2 }, { a: 2 }, 2, 0],
    ]);
  });

  it('no numbers: taken back as far as that is possible, and sent', async () => {
    const found = await compare(runOf(framed(one(1, 'sum', 'x'))), framedRecords(at(1, 'sum', 3)));
    expect(actions(found)).toEqual([
      ['retract', 'sum', -3, 3, 1, 0],
      ['send', 'sum', 'x', 3, 1, 0],
    ]);
  });
});

describe('volatile fields', () => {
  const values = new OutputValues({
    booked: { kind: 'event', volatile: ['id'] },
    balance: { kind: 'latest', volatile: ['id'] },
  });

  it('are not compared, and are sent with what is owed', async () => {
    const value = (sum: number, id: string) => ({ sum, id });
    const events = framed(
      one(1, 'booked', value(5, 'ours')),
      one(2, 'booked', value(6, 'ours')),
      one(3, 'balance', value(7, 'ours')),
    );
    const records = framedRecords(
      at(1, 'booked', value(5, 'theirs')),
      at(2, 'booked', value(8, 'theirs')),
      at(3, 'balance', value(7, 'theirs')),
    );
    const found = await compare(runOf(events), records, { values });
    expect(actions(found)).toEqual([
      ['retract', 'booked', { undo: value(8, 'theirs') }, value(8, 'theirs'), 2, 0],
      ['send', 'booked', value(6, 'ours'), value(8, 'theirs'), 2, 0],
    ]);
    expect(found.counts).toMatchObject({ done: 4, replaced: 1 });
  });

  it('of what was recorded once more: the wrong one of two is taken back', async () => {
    const events = framed(one(1, 'booked', { sum: 5, id: 'ours' }));
    const records = framedRecords(at(1, 'booked', { sum: 4, id: 'a' }), at(1, 'booked', { sum: 5, id: 'b' }));
    const found = await compare(runOf(events), records, { values });
    expect(actions(found).map(([action, , , replaced]) => [action, replaced])).toEqual([
      ['retract', { sum: 4, id: 'a' }],
    ]);
  });
});

describe.each([
  ['effect', 'mail'],
  ['undeclared', 'unheard'],
  ['undeclared', '__proto__'],
])('kind %s, output %s', (because, output) => {
  it('is listed, never sent', async () => {
    const events = framed(one(1, output, 1), one(2, output, 2));
    const found = await compare(runOf(events), framedRecords(at(2, output, 9), at(3, output, 4)));
    expect(actions(found)).toEqual([
      ['list', output, 1, undefined, 1, 0, because],
      ['list', output, 2, 9, 2, 0, because],
      ['list', output, null, 4, 3, 0, because],
    ]);
    expect(found.counts).toMatchObject({
      owed: 1,
      replaced: 1,
      toRetract: 1,
      actions: { send: 0, retract: 0, list: 3 },
    });
  });
});

describe('hostile keys', () => {
  it('are keys like others', async () => {
    const keys = ['__proto__', 'constructor', '=cmd()', '', '\u0000'];
    const events = framed(...keys.map((key, n) => one(n + 1, 'booked', n, key)), one(20, 'balance', 1, '__proto__'));
    const found = await compare(runOf(events), framedRecords());
    expect(found.corrections.map(({ key }) => key)).toEqual([...keys, '__proto__']);
  });
});
