import { expect, test } from 'vitest';
import {
  absoluteDecimal,
  addDecimals,
  compareDecimals,
  multiplyDecimals,
  negateDecimal,
  parseDecimal,
} from './decimal.js';

test.each([
  ['0', '0'],
  ['-0.00', '0'],
  ['007.50', '7.5'],
  ['+1', '1'],
  ['-12.340', '-12.34'],
  ['0.05', '0.05'],
  ['1e3', '1000'],
  ['1.5e-3', '0.0015'],
  ['90071992547409930.10', '90071992547409930.1'],
])('%s is %s', (text, value) => {
  expect(parseDecimal(text)).toBe(value);
});

test.each(['', '1,5', '1.', '.5', 'NaN', '1 000', '0x10', '1.2.3'])('%j is no decimal number', (text) => {
  expect(parseDecimal(text)).toBeNull();
});

test('products are exact, and signs are kept', () => {
  expect(multiplyDecimals('12.34', '100')).toBe('1234');
  expect([multiplyDecimals('0.05', '100'), multiplyDecimals('-1.234', '100'), multiplyDecimals('7', '1000')]).toEqual([
    '5',
    '-123.4',
    '7000',
  ]);
  expect(multiplyDecimals('0', '10')).toBe('0');
  expect(multiplyDecimals('-1234', '0.01')).toBe('-12.34');
  expect(multiplyDecimals('0.1', '0.2')).toBe('0.02');
  expect(multiplyDecimals('-3', '-1')).toBe('3');
  expect(multiplyDecimals('0', '-1')).toBe('0');
  expect([negateDecimal('1.5'), negateDecimal('-1.5'), negateDecimal('0')]).toEqual(['-1.5', '1.5', '0']);
  expect(absoluteDecimal('-2')).toBe('2');
});

test.each([
  ['0.1', '0.2', '0.3'],
  ['1', '-1', '0'],
  ['-0.05', '0.04', '-0.01'],
  ['90071992547409930.1', '0.01', '90071992547409930.11'],
  ['99.5', '0.5', '100'],
])('%s + %s is %s', (one, other, sum) => {
  expect([addDecimals(one, other), addDecimals(other, one)]).toEqual([sum, sum]);
});

test('decimals are compared by value', () => {
  expect([compareDecimals('2', '10'), compareDecimals('-2', '-10'), compareDecimals('0.1', '0.1')]).toEqual([-1, 1, 0]);
});
