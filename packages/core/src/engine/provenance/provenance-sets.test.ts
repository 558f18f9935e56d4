import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fidelityOf, type Cause } from '../../model/provenance/provenance.js';
import { ProvenanceSets } from './provenance-sets.js';

const cause = (n: number): Cause => ({ kind: 'range', log: n, source: 'archive' });

describe('interned sets of causes', () => {
  it('join like sets, whatever the order, and survive being saved (property)', () => {
    const some = fc.array(fc.nat(6), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(some, some), { minLength: 1, maxLength: 12 }), (pairs) => {
        const sets = new ProvenanceSets();
        const saved: Cause[][] = [];
        for (const [a, b] of pairs) {
          const left = sets.intern(a.map(cause));
          const right = sets.intern(b.map(cause));
          const joined = sets.join(left, right);
          expect(sets.join(right, left)).toBe(joined);
          expect(sets.join(joined, left)).toBe(joined);
          expect(new Set(sets.causes(joined).map((one) => JSON.stringify(one)))).toEqual(
            new Set([...a, ...b].map((n) => JSON.stringify(cause(n)))),
          );
          for (const { id, causes } of sets.takeNew()) saved[id] = [...causes];
        }
        const restored = ProvenanceSets.restore(saved);
        expect(restored.takeNew()).toEqual([]);
        saved.forEach((causes, id) => {
          expect(restored.intern(causes)).toBe(id);
        });
      }),
      { numRuns: 200, seed: 17 },
    );
  });
});

describe('fidelity', () => {
  const range = cause(0);
  const genesis: Cause = { kind: 'baseline', part: 0, basis: 'genesis' };
  const checked = { checked: true };

  it('is exact only where nothing speaks against it', () => {
    expect(fidelityOf([genesis, range], checked)).toBe('exact');
    expect(fidelityOf([genesis, range], { checked: false })).toBe('unproven');
    expect(fidelityOf([{ kind: 'baseline', part: 0, basis: 'declared' }, range], checked)).toBe('declared');
    expect(fidelityOf([{ kind: 'baseline', part: 0, basis: 'unproven' }, range], checked)).toBe('unproven');
    expect(fidelityOf([genesis, { kind: 'quarantine', reason: 'EM3002' }], checked)).toBe('incomplete');
    const hole: Cause = { kind: 'hole', topic: 't', partition: 0, reason: 'missing' };
    expect(fidelityOf([genesis, hole], checked)).toBe('incomplete');
    expect(fidelityOf([genesis, { kind: 'range', log: 0, source: 'external' }], checked)).toBe('external');
    expect(fidelityOf([genesis, { kind: 'range', log: 0, source: 'estimate' }], checked)).toBe('interpolated');
  });
});
