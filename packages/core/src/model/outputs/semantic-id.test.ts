import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { semanticId, semanticIdsOf, type OutputIdentity } from './semantic-id.js';

const one: OutputIdentity = {
  output: 'bill',
  key: 'ada',
  source: 'shop',
  topic: 'orders',
  incarnation: '',
  partition: 3,
  offset: 17,
  ordinal: 0,
  businessId: null,
};

describe('the semantic id of an output', () => {
  it('is the documented hash', () => {
    const event = '["log","shop","orders","",3,"17"]';
    const text = JSON.stringify(['billing', event, 'ada', 'bill', 0]);
    expect(semanticId('billing', one)).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('is the business id where there is one', () => {
    expect(semanticId('billing', { ...one, businessId: 'b-1' })).toBe('b-1');
  });

  it('differs wherever a part of the identity differs (property)', () => {
    const identity = fc.record({
      output: fc.constantFrom('a', 'b', '","'),
      key: fc.constantFrom('a', 'b', '__proto__', '","'),
      source: fc.constantFrom('', 's'),
      topic: fc.constantFrom('a', 'b'),
      incarnation: fc.constantFrom('', 'x'),
      partition: fc.nat(1),
      offset: fc.nat(1),
      ordinal: fc.nat(1),
      businessId: fc.constant(null),
    });
    fc.assert(
      fc.property(identity, identity, fc.constantFrom('w', 'v'), fc.constantFrom('w', 'v'), (a, b, worker, other) => {
        const same = JSON.stringify([worker, a]) === JSON.stringify([other, b]);
        expect(semanticId(worker, a) === semanticId(other, b)).toBe(same);
      }),
      { numRuns: 500, seed: 41 },
    );
  });

  it('is the same for many one after the other (property)', () => {
    const text = fc.oneof(fc.constantFrom('a', '"', '\\"'), fc.string(), fc.string({ unit: 'binary' }));
    const identity = fc.record({
      ...{ output: text, key: text, source: text, topic: text, incarnation: text },
      ...{ partition: fc.nat(1), offset: fc.oneof(fc.nat(3), fc.maxSafeNat()), ordinal: fc.nat(2) },
      businessId: fc.option(text, { freq: 2 }),
    });
    fc.assert(
      fc.property(text, fc.array(identity, { maxLength: 8 }), fc.array(fc.nat(7), { maxLength: 12 }), (...given) => {
        const [worker, identities, turns] = given;
        const idOf = semanticIdsOf(worker);
        for (const turn of turns) {
          const identity = identities[turn];
          if (identity !== undefined) expect(idOf(identity)).toBe(semanticId(worker, identity));
        }
      }),
      { numRuns: 100, seed: 42 },
    );
  });
});
