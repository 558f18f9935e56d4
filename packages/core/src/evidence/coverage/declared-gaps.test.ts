import { describe, expect, it } from 'vitest';
import type { LogHole } from '../../model/log/event-log.js';
import { declaredRanges, type DeclaredGap } from './declared-gaps.js';

const partition = (holes: readonly LogHole[], events = 5) => ({
  topic: 't',
  partition: 0,
  beginning: 0,
  from: 1,
  end: 10,
  held: [
    {
      log: 0,
      holds: {
        source: 's',
        topic: 't',
        incarnation: '',
        partition: 0,
        beginning: 0,
        range: { from: 1, to: 10 },
        holes,
        events,
        firstTime: null,
        lastTime: null,
      },
    },
  ],
});

const missing = (from: number, to: number): LogHole => ({ from, to, reason: 'missing' });
const offsets = (from: number, to: number, reason = 'r'): DeclaredGap => ({
  at: { kind: 'offsets', from, to },
  reason,
});

describe('declared gaps', () => {
  it('are what no log has of the offsets that are named', () => {
    const found = declaredRanges(partition([missing(3, 5)]), [offsets(0, 1, 'begins at 1'), offsets(4, 5)]);
    expect(found).toEqual([
      { from: 0, to: 1, reason: 'begins at 1' },
      { from: 4, to: 5, reason: 'r' },
    ]);
  });

  it('of a length are gaps between events, not one in front of all, and no part of a longer one', () => {
    const markers: DeclaredGap = { at: { kind: 'up-to', length: 1 }, reason: 'markers' };
    const found = declaredRanges(partition([missing(2, 3), missing(5, 7), missing(8, 9)]), [markers]);
    expect(found.map(({ from, to }) => [from, to])).toEqual([
      [2, 3],
      [8, 9],
    ]);
  });

  it('never declare away what a log has, nor what cannot be read', () => {
    expect(() => declaredRanges(partition([missing(3, 4)]), [offsets(3, 5)])).toThrow(/never held an event/);
    const damaged: LogHole = { from: 3, to: 4, reason: 'damaged' };
    expect(declaredRanges(partition([damaged]), [offsets(3, 4)])).toEqual([]);
    // A log that knows its events only by reading may have a marker there.
    expect(declaredRanges(partition([], -1), [offsets(3, 5)])).toEqual([]);
  });

  it('are about the topic and the partition that they name', () => {
    expect(declaredRanges(partition([missing(3, 4)]), [{ ...offsets(3, 4), partition: 1 }])).toEqual([]);
    expect(declaredRanges(partition([missing(3, 4)]), [{ ...offsets(3, 4), topic: 'u' }])).toEqual([]);
  });
});
