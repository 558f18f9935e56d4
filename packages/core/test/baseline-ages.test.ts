import { describe, expect, it } from 'vitest';
import { seenByBaseline } from '../src/evidence/reference-replay/baseline-ages.js';
import { routeBaseline } from '../src/engine/fold/baseline-routing.js';

const partitions = [0, 1].map((partition) => ({ source: 's', topic: 't', incarnation: '', partition }));
const cause = { kind: 'baseline', part: 0, basis: 'unproven' } as const;
/** Key a begins at offset 2 of partition 0; all others at 6. Both have read partition 1 equally far. */
const parts = [
  { scope: { kind: 'keys', keys: ['a'] } as const, cause, starts: [2, 4] },
  { scope: { kind: 'all' } as const, cause, starts: [6, 4] },
];

describe('baselines of two ages', () => {
  it('have seen each event with all of its keys or with none', () => {
    const routing = routeBaseline(parts);
    expect([routing.startOf(['a'], 0), routing.startOf(['b', 'c'], 0)]).toEqual([2, 6]);
    // Where both stand at the same offset their keys may meet.
    expect(routing.startOf(['a', 'b'], 1)).toBe(4);
    expect(() => routing.startOf(['b', 'a'], 0)).toThrow(expect.objectContaining({ code: 'mixed-baselines' }));
  });

  it('are told apart by the derivation that verifies a run, which looks at each key', () => {
    const spec = { parts, partitions: partitions.map((id) => ({ id })) } as unknown as Parameters<
      typeof seenByBaseline
    >[0];
    const hasSeen = seenByBaseline(spec);
    const [first, second] = partitions;
    if (hasSeen === null || first === undefined || second === undefined) throw new Error('there are two parts');
    expect([1, 2, 5].map((offset) => hasSeen(['a'], first, offset))).toEqual([true, false, false]);
    expect([1, 5, 6].map((offset) => hasSeen(['b', 'c'], first, offset))).toEqual([true, true, false]);
    expect(hasSeen(['a', 'b'], second, 3)).toBe(true);
    expect(hasSeen(['a', 'b'], first, 6)).toBe(false);
    expect(() => hasSeen(['a', 'b'], first, 3)).toThrow(expect.objectContaining({ code: 'mixed-baselines' }));
    expect(seenByBaseline({ ...spec, parts: parts.slice(1) })).toBeNull();
  });
});
