import { describe, expect, it } from 'vitest';
import { cutLanes } from './cut-lanes.js';

function spec(offsets: readonly number[], locality: 'partition' | 'global' = 'partition') {
  const partitions = offsets.map((count, partition) => ({
    id: { source: 's', topic: 't', incarnation: '', partition },
    next: 100,
    target: 100 + count,
    order: { watermark: -Infinity, clock: -Infinity },
    ranges: [],
    holes: [],
  }));
  return { locality, partitions };
}

describe('cutting lanes', () => {
  it('keeps neighbours together, with about as many offsets in each run', () => {
    expect(cutLanes(spec([10, 10, 10, 10]), 2)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(cutLanes(spec([30, 5, 5, 10]), 2)).toEqual([[0], [1, 2, 3]]);
    expect(cutLanes(spec([1, 1, 1, 50, 1]), 2)).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
  });

  it('gives each lane to one run, and no run nothing, whatever the lanes hold', () => {
    for (const offsets of [[], [0], [0, 0, 0], [7], [0, 9, 0, 9], [100, 1], Array.from({ length: 40 }, (_, n) => n)]) {
      for (const runs of [1, 2, 3, 64]) {
        const cut = cutLanes(spec(offsets), runs);
        expect(cut.flat()).toEqual(offsets.map((_, lane) => lane));
        expect(cut.length).toBeLessThanOrEqual(Math.max(1, Math.min(runs, offsets.length)));
        if (offsets.length > 0) expect(cut.every(({ length }) => length > 0)).toBe(true);
      }
    }
  });

  it('cannot cut the one lane of a worker that is not partition-local', () => {
    expect(cutLanes(spec([10, 10], 'global'), 2)).toEqual([[0]]);
  });
});
