import { describe, expect, it } from 'vitest';
import { nanosecondsOf, parseTime } from './parse-time.js';

describe('nanosecondsOf', () => {
  it.each([
    ['2026-11-28T10:00:00.000999999Z', '2026-11-28T10:00:00.001Z'],
    ['2026-11-28T10:00:00.250999999Z', '2026-11-28T10:00:00.251Z'],
    ['2026-11-28T10:00:00.999999999Z', '2026-11-28T10:00:01Z'],
    ['1969-12-31T23:59:59.999999999Z', '1970-01-01T00:00:00Z'],
  ])('puts %s right before %s', (before, after) => {
    const [first, second] = [nanosecondsOf(before), nanosecondsOf(after)];
    expect(first === null || second === null ? null : second - first).toBe(1n);
  });

  it('knows text with a time of day alone', () => {
    expect(nanosecondsOf('2026-11-28')).toBeNull();
    expect(nanosecondsOf('2026-02-30T10:00:00Z')).toBeNull();
    expect(nanosecondsOf('1969-12-31T23:59:59.9999Z')).toBe(-100_000n);
  });
});

describe('parseTime', () => {
  it('keeps what is below a millisecond as the fraction', () => {
    expect(parseTime('1970-01-01T00:00:00.0005Z', null)).toBe(0.5);
    expect(parseTime('1969-12-31T23:59:59.9995Z', null)).toBe(-0.5);
  });
});
