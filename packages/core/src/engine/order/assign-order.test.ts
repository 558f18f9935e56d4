import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignOrder, orderFlag } from './assign-order.js';

const day = 24 * 3600 * 1000;
const time = { maxStep: day, nonNegative: true };
const field = { maxStep: Infinity, nonNegative: false };

function assign(raw: number[], watermark = -Infinity, following: number[] = [], options = time) {
  const assigned = assignOrder(raw, watermark, following, options);
  if (assigned === null) throw new Error('it asked for more events than there are');
  return { order: [...assigned.order], flags: [...assigned.flags] };
}

describe('effective order values', () => {
  it('carries missing, falling and negative times from the watermark', () => {
    const { order, flags } = assign([100, NaN, 90, -1, 100, 120]);
    expect(order).toEqual([100, 100, 100, 100, 100, 120]);
    const { none, missing, falling, negative, equal } = orderFlag;
    expect(flags).toEqual([none, missing, falling, negative, equal, none]);
  });

  it('puts events without a time first where there is no watermark yet', () => {
    expect(assign([NaN, NaN, 5]).order).toEqual([-Infinity, -Infinity, 5]);
  });

  it('is not dragged along by one event dated 2099', () => {
    const raw = Array.from({ length: 300 }, (_, n) => n * 1000);
    raw[50] = Date.UTC(2099, 0, 1);
    const { order, flags } = assign(raw);
    expect(flags[50]).toBe(orderFlag.unconfirmed);
    expect(order[50]).toBe(49_000);
    expect(order[51]).toBe(51_000);
    expect(order.at(-1)).toBe(299_000);
  });

  it('is not misled by a first event dated 2099 either', () => {
    const { order, flags } = assign([Date.UTC(2099, 0, 1), 1000, 2000, 3000]);
    expect(flags[0]).toBe(orderFlag.unconfirmed);
    expect(order).toEqual([-Infinity, 1000, 2000, 3000]);
  });

  it('follows a real step: an idle week that the next events confirm', () => {
    const week = 7 * day;
    const { order, flags } = assign([0, 1, week, week + 1, week + 2]);
    expect(order).toEqual([0, 1, week, week + 1, week + 2]);
    expect(flags[2]).toBe(orderFlag.none);
  });

  it('does not take a step that an event behind an idle week would not reach', () => {
    const week = 7 * day;
    expect(assign([0, 400 * day, week, week + 1]).order).toEqual([0, 0, week, week + 1]);
  });

  it('needs more than half of the events that carry a time, and the last event confirms nothing', () => {
    expect(assign([0, 2 * day, 2 * day, 5]).order).toEqual([0, 0, 0, 5]);
    expect(assign([0, 2 * day, 2 * day, 2 * day, 5]).order[1]).toBe(2 * day);
    expect(assign([0, 2 * day]).order).toEqual([0, 0]);
    expect(assign([2 * day]).order).toEqual([2 * day]);
  });

  it('asks for the events behind the page before it decides, and only then', () => {
    expect(assignOrder([0, 2 * day], 0, null, time)).toBeNull();
    expect(assignOrder([0, 1000], 0, null, time)).not.toBeNull();
    const far = [0, 2 * day, ...Array.from({ length: 100 }, (_, n) => 2 * day + n)];
    expect(assignOrder(far, 0, null, time)).not.toBeNull();
  });

  it('takes any step of an order that is no time, negative values included', () => {
    expect(assign([-5, 1e15, 3, NaN], -Infinity, [], field).order).toEqual([-5, 1e15, 1e15, 1e15]);
  });

  it('never falls, and does not depend on where pages end (property)', () => {
    const times = fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0, max: 20 }).map((n) => n * 3_600_000) },
        { weight: 2, arbitrary: fc.constantFrom(NaN, -1, 2 * day, 3 * day, 400 * day) },
      ),
      { maxLength: 260 },
    );
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 260 }), (raw, cut) => {
        const whole = assign(raw);
        for (let n = 1; n < raw.length; n++)
          expect(whole.order[n]).toBeGreaterThanOrEqual(whole.order[n - 1] as number);
        const head = raw.slice(0, cut);
        const tail = raw.slice(cut);
        const first = assign(head, -Infinity, tail.slice(0, 100));
        const second = assign(tail, first.order.at(-1) ?? -Infinity);
        expect([...first.order, ...second.order]).toEqual(whole.order);
        expect([...first.flags, ...second.flags]).toEqual(whole.flags);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
