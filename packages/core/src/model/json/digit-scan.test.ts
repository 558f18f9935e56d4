import { describe, expect, it } from 'vitest';
import { isDoubleText, isExactNumber } from './exact-number.js';
import { DigitScan, mayLoseDigits, nextSuspect } from './digit-scan.js';
import { inexactAsText, jsonWithInexact, keepDigits, parseWithInexact, pathOfInexact } from './keep-digits.js';

const exact = [
  '0',
  '-0',
  '0.0',
  '1.0',
  '1e3',
  '0.30000000000000004',
  '9007199254740991',
  '-9007199254740991',
  '6.02214076e23',
  '5e-324',
  '1.7976931348623157e308',
  '0e999',
  '100.00000000000000000000',
];
const inexact = [
  '9007199254740992',
  '9007199254740993',
  '-1669859068457630241',
  '1780000000000000000',
  '1e400',
  '-1e400',
  '1E+400',
  '1e-400',
  '0.1234567890123456789',
  '12345678901234.5678',
  '1234567890123.45678e-3',
  '0.10000000000000001',
  '9007199254740993.0',
  '100000000000000.01',
];

describe('a number that a double gives back', () => {
  it.each(exact)('%s', (text) => {
    expect(isExactNumber(text)).toBe(true);
    expect(keepDigits(`{"a":[${text}]}`)).toBeNull();
  });
  it.each(inexact)('and not %s', (text) => {
    expect(isExactNumber(text)).toBe(false);
    expect(keepDigits(`{"a":["${text}",${text}]}`)).toMatchObject({ path: '$.a[1]', value: { a: [text, text] } });
  });
});

describe('the text of a double', () => {
  it.each(['0.10000000000000001', '5.6843418860808015E-14', '1.5', '1e22'])('may be %s', (text) => {
    expect(isDoubleText(text)).toBe(true);
  });
  it.each(['0.1234567890123456789', '100000000000000.01', '9007199254740993', '1e400', '0.10000000000000000555'])(
    'cannot be %s',
    (text) => {
      expect(isDoubleText(text)).toBe(false);
    },
  );
});

describe('the scan for numbers that lose digits', () => {
  const random = (seed: number) => () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const seed = Number(process.env['SEED'] ?? 20261128);
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const harmless = () =>
    pick([
      ...exact,
      ...inexact.map((text) => `"${text}"`),
      '"4f3c2a1b-9e123-4c7b-a6f5-100000000000"',
      '"über 3e123, \\"1669859068457630241\\", x"',
      'true',
      '1767225600000',
      '"2026.01.01.00.00.00.000"',
    ]);

  it(`finds each, wherever it stands, and calls nothing else one after a close look (seed ${seed})`, () => {
    for (let round = 0; round < 3000; round++) {
      const members = Array.from({ length: Math.floor(next() * 6) }, () => harmless());
      const bad = next() < 0.5 ? pick(inexact) : null;
      if (bad !== null) members.splice(Math.floor(next() * (members.length + 1)), 0, bad);
      const text =
        next() < 0.2 && bad !== null ? bad : `${pick(['[', '[ ', '[\n'])}${members.join(pick([',', ', ']))}]`;
      const shift = Math.floor(next() * 8);
      const whole = Buffer.concat([Buffer.from('7'.repeat(shift)), Buffer.from(text), Buffer.from('7'.repeat(9))]);
      const bytes = whole.subarray(Math.floor(next() * (shift + 1)));
      const from = bytes.length - 9 - Buffer.byteLength(text);
      const to = bytes.length - 9;
      const found = mayLoseDigits(bytes, from, to);
      if (bad !== null) expect([text, found]).toEqual([text, true]);
      // Inside of a text, between commas, only the close look can tell.
      else if (found) expect(text).toContain('über');
      expect(keepDigits(text) !== null).toBe(bad !== null);
    }
  });

  it('finds all in a row, each in its place', () => {
    const numbers = Array.from({ length: 200 }, (_, index) => `${1669859068457630241n + BigInt(index)}`);
    const bytes = Buffer.from(`[${numbers.join(',')}]`);
    const scan = new DigitScan(bytes);
    let count = 0;
    for (let at = nextSuspect(scan, bytes, 0, bytes.length); at >= 0; count++) {
      at = nextSuspect(scan, bytes, bytes.indexOf(0x2c, at) < 0 ? bytes.length : bytes.indexOf(0x2c, at), bytes.length);
    }
    expect(count).toBe(200);
  });
});

describe('a value with such numbers', () => {
  const text = '{"id":1669859068457630241,"a":[1,{"__proto__":1e400}],"t":"1669859068457630241"}';

  it('is kept with markers that nothing takes for a value', () => {
    const value = parseWithInexact(text)?.value;
    expect(pathOfInexact(value)).toBe('$.id');
    expect(() => JSON.stringify(value)).toThrow('no exact JSON value');
    expect(jsonWithInexact(value)).toBe(text);
    expect(JSON.stringify(inexactAsText(value))).toBe(
      '{"id":"1669859068457630241","a":[1,{"__proto__":"1e400"}],"t":"1669859068457630241"}',
    );
  });

  it('counts the last of two members of a name, as the parser does', () => {
    expect(keepDigits('{"a":1e400,"a":1}')).toBeNull();
    expect(keepDigits('{"a":1,"a":1e400}')).toMatchObject({ path: '$.a' });
  });
});
