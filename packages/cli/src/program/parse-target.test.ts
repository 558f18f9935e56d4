import { describe, expect, it } from 'vitest';
import { parseTarget } from './parse-target.js';

describe('parseTarget', () => {
  it.each([
    [{}, { kind: 'end' }],
    [{ targetTime: '2001-03-01T10:00Z' }, { kind: 'time', time: Date.UTC(2001, 2, 1, 10) }],
    [{ targetEvent: 'a[b][3]@17' }, { kind: 'event', topic: 'a[b]', partition: 3, offset: 17 }],
    [
      { targetOffsets: 'p0=1, orders[1]=2' },
      {
        kind: 'offsets',
        offsets: [
          { partition: 0, next: 1 },
          { topic: 'orders', partition: 1, next: 2 },
        ],
      },
    ],
  ])('%j', (options, target) => {
    expect(parseTarget(options)).toEqual(target);
  });

  it.each([
    { targetEvent: 'a[3]@99999999999999999' },
    { targetOffsets: '' },
    { targetOffsets: 'p0=1,p0=2' },
    { targetOffsets: 'p0=-1' },
    { targetTime: 'noon' },
  ])('refuses %j', (options) => {
    expect(() => parseTarget(options)).toThrow(expect.objectContaining({ code: 'invalid-argument' }) as Error);
  });
});
