import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayLoseDigits } from '../../../model/json/digit-scan.js';
import { provenLength } from './proven-length.js';

const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = process.env['EVENTMEND_FULL'] === undefined ? 4000 : 200_000;
process.stderr.write(`proven length: seed ${seed}\n`);

const digits = fc.string({ unit: fc.constantFrom('0', '0', '1', '5', '9'), minLength: 1, maxLength: 5 });
const wholes = fc.oneof(
  fc.constantFrom('0', '100', '1', '12', '1000', '9'),
  digits.map((text) => text.replace(/^0+(?=.)/, '')),
);

/** Numbers in all forms that JSON has, those of printers as often as others. */
const numbers = fc
  .tuple(
    fc.constantFrom('', '', '-'),
    wholes,
    fc.option(digits, { nil: null, freq: 2 }),
    fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e-', 'e+'), fc.constantFrom('0', '1', '2', '3', '02', '21')), {
      nil: null,
      freq: 2,
    }),
  )
  .map(([sign, whole, fraction, exponent]) =>
    [sign, whole, fraction === null ? '' : `.${fraction}`, ...(exponent ?? [])].join(''),
  );
const doubles = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number));
const blank = fc.constantFrom('', '', '', ' ', '\n');
const characters = fc.constantFrom(
  'a',
  'ä',
  '😀',
  '\\u0061',
  '\\u001F',
  '\\u001f',
  '\\n',
  '\\/',
  '/',
  '\\"',
  '\\ud800',
);
const strings = fc.string({ unit: characters, maxLength: 3 }).map((text) => `"${text}"`);
const names = fc.oneof(strings, fc.constantFrom('"1"', '"0"', '"10"', '"-1"', '"b"', '"a"', '"__proto__"', '""'));

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    numbers,
    doubles,
    strings,
    fc.constantFrom('true', 'false', 'null'),
    fc.tuple(fc.array(tie('value'), { maxLength: 3 }), blank).map(([all, gap]) => `[${gap}${all.join(',')}]`),
    fc
      .tuple(fc.array(fc.tuple(names, blank, tie('value')), { maxLength: 4 }), blank)
      .map(([all, gap]) => `{${gap}${all.map(([name, before, of]) => `${name}${before}:${of}`).join(',')}}`),
  ),
}));

describe('the proven length of a value', () => {
  it('is that of a text only where the text is what a printer writes', () => {
    let proven = 0;
    let others = 0;
    fc.assert(
      fc.property(value, (text) => {
        if (mayLoseDigits(Buffer.from(text, 'utf8'))) return;
        const parsed: unknown = JSON.parse(text);
        const length = provenLength(parsed);
        const printed = JSON.stringify(parsed);
        if (!Number.isNaN(length)) expect(length, printed).toBeLessThanOrEqual(printed.length);
        if (length === text.length) expect(printed).toBe(text);
        if (length === text.length) proven++;
        else if (printed !== text) others++;
      }),
      { seed, numRuns },
    );
    expect(proven).toBeGreaterThan(numRuns / 20);
    expect(others).toBeGreaterThan(numRuns / 20);
  });

  it('is told of the usual values of a log', () => {
    for (const usual of [
      { id: 'evt-1', amount: 12.34, at: 1_700_000_000_013, tags: ['a', 'b'], ok: true, note: null },
      { cents: 1999, share: 0.125, rate: -17.5, at: { day: 3 }, list: [], none: {} },
      { third: 1 / 3 + 1, zero: 0 },
    ]) {
      expect(provenLength(usual)).toBe(JSON.stringify(usual).length);
    }
    for (const unusual of [100, 1e21, 0.01, -1500, { 1: 'a' }, { 'a"': 1 }, 2 ** 53])
      expect(provenLength(unusual)).toBeNaN();
  });
});
