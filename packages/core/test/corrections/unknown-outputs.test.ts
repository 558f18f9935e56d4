import { semanticId } from '../../src/model/outputs/semantic-id.js';
import type { MemoryOutput } from '../../src/sources/records/memory-recorded-outputs.js';
import { describe, expect, it } from 'vitest';
import { compare, outputsOf, recordsOf, runOf, type TestEvent } from './run-of-events.js';

const booked = (offset: number, value: unknown, partition = 0, id?: string): TestEvent => ({
  ...{ partition, offset, outputs: [{ output: 'booked', key: 'k', value, ...(id !== undefined && { id }) }] },
});
const events = [booked(0, 0), booked(1, 1), booked(2, 2), booked(3, 3), booked(4, 4)];
const all = recordsOf(events);
const without = (...offsets: readonly number[]) => all.filter(({ event }) => !offsets.includes(event?.offset ?? -1));

describe('the recorded stretch', () => {
  it('runs from the first record to the last one', async () => {
    const found = await compare(runOf(events), without(0, 2, 4));
    expect(found.corrections.map(({ event }) => event.offset)).toEqual([2]);
    expect(found.counts).toMatchObject({ done: 2, owed: 1, unknown: { 'outside-recorded-stretch': 2 } });
  });

  it('is what the user says it is', async () => {
    const found = await compare(runOf(events), without(0, 1, 4), { from: 1000, until: 4000 });
    expect(found.corrections.map(({ event }) => event.offset)).toEqual([1, 4]);
    expect(found.counts).toMatchObject({ owed: 2, unknown: { 'outside-recorded-stretch': 1 } });
  });

  it('a second handling of an event from before it is no surplus', async () => {
    const found = await compare(runOf(events), [...without(0), ...all.slice(0, 1)]);
    expect(found).toMatchObject({ corrections: [], counts: { unknown: { 'outside-recorded-stretch': 2 } } });
    const bounded = await compare(runOf(events), [...without(0), ...all.slice(0, 1)], { from: 1000 });
    expect(bounded).toMatchObject({ corrections: [], counts: { unknown: { 'outside-recorded-stretch': 2 } } });
  });

  it('reaches a partition without records where the order is known, and only there', async () => {
    const two = [booked(0, 1), booked(0, 2, 1), booked(1, 3)];
    const records = recordsOf([booked(0, 1), booked(1, 3)]);
    expect((await compare(runOf(two), records)).counts).toMatchObject({ owed: 1 });
    const unsure = await compare(runOf(two, { orderIsKnown: false }), records);
    expect(unsure.counts).toMatchObject({ owed: 0, unknown: { 'outside-recorded-stretch': 1 } });
    const told = await compare(runOf(two, { orderIsKnown: false }), records, { from: 0, until: 9000 });
    expect(told.counts).toMatchObject({ owed: 1 });
  });
});

describe('an order that is not determined', () => {
  const run = runOf(events, { orderMayDiffer: true, orderIsKnown: false });
  const wrong = all.map((record) => (record.event?.offset === 2 ? { ...record, value: 9 } : record));

  it('explains whatever differs', async () => {
    const records = [...wrong.filter(({ event }) => event?.offset !== 3), ...all.slice(1, 2)];
    const found = await compare(run, records);
    expect(found).toMatchObject({ corrections: [], counts: { done: 3, unknown: { 'order-not-determined': 3 } } });
  });

  it('explains nothing for a key that it does not matter for', async () => {
    const found = await compare(run, wrong, { orderMatters: (key) => key !== 'k' });
    expect(found.counts).toMatchObject({ replaced: 1 });
  });

  it('explains nothing of an event whose fault is known', async () => {
    const found = await compare(run, wrong, { faultOf: ({ offset }) => (offset === 2 ? { kind: 'wrong' } : null) });
    expect(found.corrections.map(({ action, reason }) => [action, reason])).toEqual([
      ['retract', 'wrong'],
      ['send', 'wrong'],
    ]);
  });
});

describe('the reason', () => {
  const records = [...without(1).map((record) => (record.event?.offset === 2 ? { ...record, value: 9 } : record))];

  it('is the fault of the event, or a consequence; without a diagnosis nothing is claimed', async () => {
    const known = await compare(runOf(events), records, {
      faultOf: ({ offset }) => (offset === 1 ? { kind: 'missed' } : null),
    });
    expect(known.corrections.map(({ event, reason }) => [event.offset, reason])).toEqual([
      [1, 'missed'],
      [2, 'consequence'],
      [2, 'consequence'],
    ]);
    const unknown = await compare(runOf(events), records);
    expect(new Set(unknown.corrections.map(({ reason }) => reason))).toEqual(new Set(['differs']));
    expect(unknown.corrections.map(({ semanticId: id }) => id)).toEqual(
      known.corrections.map(({ semanticId: id }) => id),
    );
    expect(unknown.corrections.map(({ id }) => id)).toEqual(known.corrections.map(({ id }) => id));
    const [, second] = outputsOf(events);
    expect(known.corrections[0]?.semanticId).toBe(second && semanticId('w', second));
  });
});

describe('records that cannot be held against the run', () => {
  const event = { topic: 't', partition: 0, offset: 700 };

  it('of an event or a topic that the log does not hold', async () => {
    const strange = [
      { output: 'booked', key: 'k', value: 1, event },
      { output: 'booked', key: 'k', value: 1, event: { ...event, topic: 'other' } },
    ];
    const found = await compare(runOf(events), [...all, ...strange]);
    expect(found).toMatchObject({ corrections: [], counts: { done: 5, unknown: { 'event-unknown': 2 } } });
    expect(found.unknown).toMatchObject([{ reason: 'event-unknown', event }, { reason: 'event-unknown' }]);
  });

  it('of an event before the baseline or behind the target', async () => {
    const run = runOf(events, { from: [1], target: [3], logEnd: [5] });
    const found = await compare(run, all);
    expect(found.counts).toMatchObject({ intended: 2, recorded: 5, outsideRun: 3, done: 2 });
  });

  it('of an event that was parked', async () => {
    const run = runOf([booked(0, 0), booked(2, 2)], { notReplayed: (_, offset) => offset === 1 });
    const found = await compare(run, all.slice(0, 3));
    expect(found).toMatchObject({ corrections: [], counts: { unknown: { 'event-not-replayed': 1 } } });
  });

  it('of a key whose value misses events', async () => {
    const found = await compare(runOf(events, { doubtful: () => true }), without(2));
    expect(found).toMatchObject({ corrections: [], counts: { unknown: { 'incomplete-state': 1 } } });
  });

  it('of a key that the run left alone', async () => {
    const run = runOf([booked(0, 0), booked(2, 2)], { inScope: (key) => key === 'k' });
    const other: MemoryOutput = { output: 'booked', key: 'x', value: 1, event: { ...event, offset: 1 } };
    const found = await compare(run, [...recordsOf([booked(0, 0)]), other, ...recordsOf([booked(2, 2)])]);
    expect(found).toMatchObject({ corrections: [], counts: { outsideRun: 1, done: 2 } });
  });

  it('that name no event: what they may be is not owed', async () => {
    const found = await compare(runOf(events), [...without(2), { output: 'booked', key: 'k', value: 2 }]);
    expect(found).toMatchObject({ corrections: [], counts: { unknown: { ambiguous: 2 } } });
    const elsewhere = await compare(runOf(events), [...without(2), { output: 'booked', key: 'x', value: 2 }]);
    expect(elsewhere.counts).toMatchObject({ owed: 1, unknown: { ambiguous: 1 } });
  });
});

describe('business ids', () => {
  const named = events.map(({ offset }) => booked(offset, offset, 0, `b${offset}`));
  const byId = (id: string, value: unknown): MemoryOutput => ({ output: 'booked', key: 'k', value, businessId: id });

  it('of the output: records need no event', async () => {
    const records = [byId('b0', 0), byId('b2', 9), byId('b3', 3), byId('b4', 4)];
    const found = await compare(runOf(named), records, { from: 0, until: 9000 });
    expect(found.corrections.map(({ action, semanticId: id }) => [action, id])).toEqual([
      ['send', 'b1'],
      ['retract', 'b2'],
      ['send', 'b2'],
    ]);
    const shuffled = await compare(runOf(named), [...records].reverse(), { from: 0, until: 9000, limit: 1 });
    expect(shuffled.corrections).toEqual(found.corrections);
  });

  it('that the run does not know: the record is unknown, and no output may be it that has an id of its own', async () => {
    const found = await compare(runOf(named), [byId('b9', 0)], { from: 0, until: 9000 });
    expect(found.counts).toMatchObject({ unknown: { ambiguous: 1 }, owed: 5 });
    const nameless = await compare(runOf(events), [byId('b9', 0)], { from: 0, until: 9000 });
    expect(nameless.counts).toMatchObject({ unknown: { ambiguous: 6 }, owed: 0 });
  });

  it('recorded twice: one id is one output, and two contents contradict each other', async () => {
    const records = recordsOf(named);
    const again = (offset: number, value: unknown) => ({ ...records[offset], output: 'booked', value });
    const found = await compare(runOf(named), [...records, again(1, 1), again(2, 7)]);
    expect(found).toMatchObject({ corrections: [], counts: { done: 5, superseded: 1, unknown: { contradiction: 1 } } });
    const wrongFirst = [records[0], again(1, 7), again(1, 1), ...records.slice(2)].flatMap((record) => record ?? []);
    const other = await compare(runOf(named), wrongFirst);
    expect(other).toMatchObject({ corrections: [], counts: { done: 4, replaced: 0, unknown: { contradiction: 2 } } });
  });

  it('of the event: found through a port, and unknown without one', async () => {
    const records = [0, 1, 3, 4].map((n): MemoryOutput => ({ output: 'booked', key: 'k', value: n, eventId: `e${n}` }));
    const eventOf = (id: string) => ({ topic: 't', partition: 0, offset: Number(id.slice(1)) });
    const found = await compare(runOf(events), records, { eventOf });
    expect(found.corrections.map(({ action, event }) => [action, event.offset])).toEqual([['send', 2]]);
    const lost = await compare(runOf(events), records, { eventOf: () => null });
    expect(lost.counts).toMatchObject({ unknown: { 'event-unknown': 4 } });
    expect((await compare(runOf(events), records)).counts).toMatchObject({ unknown: { ambiguous: 4 }, owed: 0 });
  });
});

describe('memory', () => {
  it('holds what waits and what was found within the limit, and the rest on disk', async () => {
    const many = Array.from({ length: 3000 }, (_, offset) => booked(offset, offset));
    const records = [...recordsOf(many)].reverse().filter((_, n) => n % 7 !== 3);
    const whole = await compare(runOf(many), records, { order: 'unknown', from: 0 });
    expect(whole.spilled).toBe(0);
    const bounded = await compare(runOf(many), records, { order: 'unknown', from: 0, limit: 50 });
    expect(bounded.spilled).toBeGreaterThan(2000);
    expect(bounded.corrections).toEqual(whole.corrections);
    expect(bounded.corrections).toHaveLength(429);
  });

  it('needs no disk for a long log in its order with few slips', async () => {
    const many = Array.from({ length: 5000 }, (_, offset) => booked(offset, offset));
    const records = recordsOf(many).filter((_, n) => n % 500 !== 3);
    expect(await compare(runOf(many), records, { limit: 50 })).toMatchObject({ spilled: 0, counts: { owed: 10 } });
  });
});
