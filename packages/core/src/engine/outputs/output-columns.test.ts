import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputColumns, parseOutputChunk } from './output-columns.js';

describe('a chunk of outputs', () => {
  it('gives back what went in, and can be gone on with where its text ends (property)', () => {
    const output = fc.record({
      topic: fc.constantFrom('t', 'u"'),
      partition: fc.nat(3),
      offset: fc.maxSafeNat(),
      time: fc.oneof(fc.maxSafeNat(), fc.constantFrom(null, 0.5)),
      output: fc.string({ minLength: 1 }),
      key: fc.string(),
      ordinal: fc.nat(2),
      businessId: fc.option(fc.string(), { nil: null }),
      value: fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value))),
    });
    fc.assert(
      fc.property(fc.array(output, { maxLength: 20 }), fc.nat(20), (outputs, cut) => {
        const fill = (columns: OutputColumns, some: typeof outputs): OutputColumns => {
          for (const one of some) {
            columns.add(
              one.topic,
              one.partition,
              one.offset,
              one.time ?? -Infinity,
              one.output,
              one.key,
              one.ordinal,
              one.businessId,
              one.value,
            );
          }
          return columns;
        };
        const whole = fill(new OutputColumns(), outputs);
        expect(parseOutputChunk(whole.text())).toEqual(outputs);
        const begun = fill(new OutputColumns(), outputs.slice(0, cut));
        expect(fill(OutputColumns.parse(begun.text()), outputs.slice(cut)).text()).toBe(whole.text());
      }),
      { numRuns: 200, seed: 29 },
    );
  });
});
