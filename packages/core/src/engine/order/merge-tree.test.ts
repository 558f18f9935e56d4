import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MergeTree } from './merge-tree.js';

describe('the merge of sorted runs', () => {
  it('gives what sorting by value, then run, then place gives (property)', () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(-Infinity));
    const runs = fc.array(
      fc.array(value, { maxLength: 12 }).map((run) => run.sort((a, b) => a - b)),
      {
        minLength: 1,
        maxLength: 9,
      },
    );
    fc.assert(
      fc.property(runs, (sorted) => {
        const tree = new MergeTree(sorted.length);
        const next = sorted.map(() => 0);
        const give = (run: number): void => {
          const head = sorted[run]?.[next[run] as number];
          if (head === undefined) tree.close(run);
          else tree.set(run, head);
        };
        sorted.forEach((_, run) => {
          give(run);
        });
        const merged: string[] = [];
        for (let run = tree.first; run !== -1; run = tree.first) {
          merged.push(`${run}/${next[run]}`);
          next[run] = (next[run] as number) + 1;
          give(run);
        }
        const expected = sorted
          .flatMap((run, number) => run.map((head, place) => ({ head, number, place })))
          .sort((a, b) => (a.head === b.head ? a.number - b.number || a.place - b.place : a.head - b.head))
          .map(({ number, place }) => `${number}/${place}`);
        expect(merged).toEqual(expected);
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  it('has no first when there are no runs', () => {
    expect(new MergeTree(1).first).toBe(-1);
  });
});
