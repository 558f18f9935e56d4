import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyAssignment } from './assign-keys.js';
import { decideSpread, type SpreadablePlan } from './decide-spread.js';
import { jsonText } from './json-text.js';
import { mergeSorted } from './merge-sorted.js';
import { sortKey } from './sort-key.js';

const seed = 20261130;

describe('what a shuffle sorts by', () => {
  it('is the canonical order, byte by byte (property)', () => {
    const event = fc.record({
      t: fc.oneof(fc.constant(null), fc.double({ noNaN: true }), fc.integer()),
      p: fc.nat(2000),
      o: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(event, event, (a, b) => {
        const [one, other] = [sortKey(a), sortKey(b)];
        const order = (a.t ?? -Infinity) === (b.t ?? -Infinity) ? 0 : (a.t ?? -Infinity) < (b.t ?? -Infinity) ? -1 : 1;
        const expected = order || a.p - b.p || a.o - b.o;
        expect(Math.sign(one < other ? -1 : one > other ? 1 : 0)).toBe(Math.sign(expected));
      }),
      { seed, numRuns: 2000 },
    );
    expect(sortKey({ t: -0, p: 1, o: 2 })).toBe(sortKey({ t: 0, p: 1, o: 2 }));
  });

  it('is merged as one sort would, equal rows by their stream (property)', () => {
    const streams = fc.array(fc.array(fc.nat(9)).map((numbers) => numbers.sort((a, b) => a - b)));
    fc.assert(
      fc.property(streams, (all) => {
        const rows = all.map((stream, from) => stream.map((value) => ({ value, from })));
        const merged = [...mergeSorted(rows, (a, b) => a.value - b.value)];
        expect(merged).toEqual(rows.flat().sort((a, b) => a.value - b.value || a.from - b.from));
      }),
      { seed },
    );
  });
});

describe('the task of a key', () => {
  it('is one for a group, and always the same', () => {
    const assignment = new KeyAssignment(7, [['b', 'a', 'c']]);
    expect(assignment.taskOfAll(['c', 'a', 'b'], 'e')).toBe(assignment.taskOf('a'));
    const tasks = Array.from({ length: 7000 }, (_, n) => assignment.taskOf(`key-${n}`));
    const counts = Array.from({ length: 7 }, (_, task) => tasks.filter((one) => one === task).length);
    expect(Math.min(...counts)).toBeGreaterThan(850);
    // What earlier readers wrote must fit what later tasks compute.
    expect(['', 'a', 'key-1', 'ä', '😀'].map((key) => new KeyAssignment(1000, []).taskOf(key))).toMatchInlineSnapshot(`
      [
        923,
        715,
        15,
        704,
        206,
      ]
    `);
    const other = Array.from({ length: 99 }, (_, n) => `k${n}`).find(
      (key) => assignment.taskOf(key) !== assignment.taskOf('a'),
    );
    expect(() => assignment.taskOfAll(['a', other ?? ''], 'orders[1]@7')).toThrow(/orders\[1\]@7 names "a" and/);
  });
});

describe('the text of a value', () => {
  it('reads back as the same value, -0 included (property)', () => {
    const value = fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 });
    fc.assert(
      fc.property(value, fc.boolean(), (plain, negative) => {
        const whole = negative ? { plain, list: [-0, 0], zero: -0 } : plain;
        const back: unknown = JSON.parse(jsonText(whole));
        expect(Object.is(back, whole) || back).toEqual(Object.is(back, whole) || whole);
      }),
      { seed },
    );
    expect(jsonText({ a: [-0, { b: -0 }], c: 'x' })).toBe('{"a":[-0,{"b":-0}],"c":"x"}');
  });
});

describe('what may be spread', () => {
  const plan: SpreadablePlan = {
    worker: { locality: 'global' },
    order: { by: 'time', maxStepMs: 1 },
    segments: [],
    baseline: [],
  };
  const groups = { events: 100, keys: 10, groups: 5, connected: 3, largest: { keys: 4, events: 50 }, withoutKeys: 0 };
  const reason = (changed: Partial<SpreadablePlan>, deduplicates = false) => {
    const spread = decideSpread({ ...plan, ...changed }, deduplicates, groups);
    return spread.kind === 'refused' ? spread.reason.kind : spread.kind;
  };

  it('is decided by the plan first, then by the events', () => {
    expect(reason({})).toBe('keys');
    expect(reason({ worker: { locality: 'partition' } }, true)).toBe('partitions');
    expect(reason({}, true)).toBe('deduplicates');
    expect(reason({ order: { by: 'field', path: 'n' } })).toBe('order');
    const part = {
      scope: { kind: 'all' },
      source: { kind: 'genesis' },
      basis: 'genesis',
      position: [],
      evidence: '',
    } as const;
    expect(reason({ baseline: [part, part] })).toBe('several-baselines');
    const segment = { log: 0, as: 'log' } as SpreadablePlan['segments'][number];
    expect(reason({ segments: [{ ...segment, log: null }] })).toBe('holes');
    expect(reason({ segments: [{ ...segment, damaged: true }] })).toBe('holes');
    expect(reason({ segments: [{ ...segment, as: 'external' }] })).toBe('beside-log');
    expect(decideSpread(plan, false, { ...groups, largest: { keys: 4, events: 51 } })).toMatchObject({
      kind: 'refused',
      reason: { kind: 'connected', share: 0.51 },
    });
    expect(decideSpread(plan, false, { ...groups, largest: { keys: 1, events: 51 } }).kind).toBe('keys');
    expect(decideSpread(plan, false, null)).toEqual({ kind: 'keys', groups: null });
  });
});
