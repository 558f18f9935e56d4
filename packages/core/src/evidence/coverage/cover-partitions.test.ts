import { describe, expect, it } from 'vitest';
import type { LogHole } from '../../model/log/event-log.js';
import { damagedOf, gapsOf, lostOf, type PartitionCover } from './cover-partitions.js';
import { coverRange } from '../../model/plan/cover-ranges.js';

const id = { source: 's', topic: 't', incarnation: '', partition: 0 };

function coverOf(holes: readonly LogHole[]): readonly PartitionCover[] {
  const holds = { ...id, beginning: 0, range: { from: 0, to: 10 }, holes, events: -1, firstTime: null, lastTime: null };
  const held = [{ log: 0, holds }];
  const partition = { ...id, beginning: 0, from: 0, end: 10, held };
  return [{ partition, ranges: coverRange({ from: 0, to: 10 }, held) }];
}

const offsets = (ranges: readonly { readonly from: number; readonly to: number }[]) =>
  ranges.map(({ from, to }) => [from, to]);

describe('what is lost of a log', () => {
  it('is what no log holds and what nobody can read, in the order of the offsets', () => {
    const cover = coverOf([
      { from: 1, to: 2, reason: 'control' },
      { from: 2, to: 3, reason: 'damaged' },
      { from: 5, to: 6, reason: 'missing' },
      { from: 8, to: 9, reason: 'damaged' },
    ]);
    expect(offsets(lostOf(cover))).toEqual([
      [2, 3],
      [5, 6],
      [8, 9],
    ]);
    expect(offsets(gapsOf(cover))).toEqual([[5, 6]]);
    expect(offsets(damagedOf(cover))).toEqual([
      [2, 3],
      [8, 9],
    ]);
  });

  it('is nothing where the user says that nothing stood there', () => {
    const [cover] = coverOf([{ from: 5, to: 6, reason: 'missing' }]);
    const ranges = (cover?.ranges ?? []).map((range) => (range.log === null ? { ...range, declared: 'r' } : range));
    expect(lostOf([{ ...(cover as PartitionCover), ranges }])).toEqual([]);
  });
});
