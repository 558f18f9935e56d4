import fc from 'fast-check';
import type { ArchiveEvent, TimeType } from '../../src/sources/archive/archive-event.js';

/** Values that are no JSON one by one but join into some, that JSON would change, and others that are easy to get wrong. */
const trickyTexts = [
  '1,2',
  '{"x":"',
  '"}',
  'null',
  '',
  ' ',
  ' {"a": 1} ',
  '{\n"a":\t1}',
  '1.0',
  '9007199254740993',
  '"\\ud800"',
  '{"__proto__":{"polluted":true}}',
  '{"a":1,"a":2}',
  '[',
  '],[',
  '"ä€😀"',
  '\ufeff1',
  '-0',
  '1e400',
  '{"a":1}\r',
];

const valueText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...trickyTexts),
  fc.json({ maxDepth: 3 }),
  fc.string({ unit: 'grapheme' }),
);

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));

const arbitraryContent: fc.Arbitrary<Omit<ArchiveEvent, 'offset'>> = fc.record({
  time: fc.oneof(
    fc.integer({ min: 1_000_000_000_000, max: 1_000_000_100_000 }),
    fc.constantFrom(NaN, -1, 0, 1.5, 4_102_444_800_000, -62_135_596_800_000),
  ),
  timeType: fc.constantFrom<TimeType | null>(null, 'create', 'append'),
  key: fc.oneof(fc.constant(null), fc.string({ unit: 'grapheme', maxLength: 8 }), bytes),
  headers: fc.oneof(
    fc.constant(null),
    fc.array(fc.tuple(fc.string({ maxLength: 5 }), fc.option(fc.string({ maxLength: 5 }))), { maxLength: 2 }),
  ),
  value: fc.oneof(
    { weight: 3, arbitrary: valueText.map((text) => Buffer.from(text, 'utf8')) },
    { weight: 1, arbitrary: bytes },
    fc.constant(null),
  ),
});

/** Events of one partition with rising offsets, mostly dense. */
export const arbitraryEvents: fc.Arbitrary<readonly ArchiveEvent[]> = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(5_000_000_000) }),
      arbitraryContent,
    ),
    {
      maxLength: 60,
    },
  )
  .map((steps) => {
    let next = 0;
    return steps.map(([gap, content]) => {
      const offset = next + gap;
      next = offset + 1;
      return { offset, ...content };
    });
  });
