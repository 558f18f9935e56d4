import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogHole, PartitionDescription } from '../log/event-log.js';
import { coverRange } from './cover-ranges.js';

function holding(from: number, to: number, holes: LogHole[] = []): PartitionDescription {
  return {
    source: 's',
    topic: 't',
    incarnation: '',
    partition: 0,
    beginning: 0,
    range: { from, to },
    holes,
    events: -1,
    firstTime: null,
    lastTime: null,
  };
}

describe('covering a range from several logs', () => {
  it('takes the first log that has a piece, fills harmful holes from the next, and leaves open what nobody has', () => {
    const first = holding(10, 20, [
      { from: 12, to: 14, reason: 'deleted' },
      { from: 16, to: 17, reason: 'control' },
    ]);
    const covered = coverRange({ from: 0, to: 30 }, [
      { log: 0, holds: first },
      { log: 1, holds: holding(5, 13) },
    ]);
    expect(covered.map(({ from, to, log }) => [from, to, log])).toEqual([
      [0, 5, null],
      [5, 10, 1],
      [10, 12, 0],
      [12, 13, 1],
      [13, 14, null],
      [14, 20, 0],
      [20, 30, null],
    ]);
  });

  it('covers every offset once, from the first log that holds it (property)', () => {
    const log = fc
      .record({ from: fc.nat(30), length: fc.nat(30), holes: fc.uniqueArray(fc.nat(60), { maxLength: 4 }) })
      .map(({ from, length, holes }) =>
        holding(
          from,
          from + length,
          holes
            .filter((at) => at >= from && at < from + length)
            .sort((a, b) => a - b)
            .map((at): LogHole => ({ from: at, to: at + 1, reason: 'missing' })),
        ),
      );
    fc.assert(
      fc.property(fc.array(log, { maxLength: 4 }), fc.nat(40), fc.nat(40), (logs, from, length) => {
        const covered = coverRange(
          { from, to: from + length },
          logs.map((holds, at) => ({ log: at, holds })),
        );
        let next = from;
        for (const piece of covered) {
          expect(piece.from).toBe(next);
          for (let at = piece.from; at < piece.to; at++) {
            const owner = logs.findIndex(
              (one) => at >= one.range.from && at < one.range.to && !one.holes.some((hole) => hole.from === at),
            );
            expect(piece.log).toBe(owner === -1 ? null : owner);
          }
          next = piece.to;
        }
        expect(next).toBe(from + length);
      }),
      { numRuns: 300, seed: 19 },
    );
  });
});
