import { expect, test } from 'vitest';
import { minorUnitsOf, money, moneyOfMinorUnits, subtractMoney, sumMoney } from './money.js';

const codeOf = (act: () => unknown): unknown => {
  try {
    act();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('a thousand cents and ninety quadrillion are added without losing one', () => {
  const amounts = [money('90071992547409930.10', 'EUR'), ...Array.from({ length: 1000 }, () => money('0.01', 'EUR'))];
  expect(sumMoney(amounts, 'EUR').amount).toBe('90071992547409940.1');
  expect(subtractMoney(money('0.30', 'EUR'), money('0.1', 'EUR')).amount).toBe('0.2');
});

test.each([
  ['1.234,56', 'EUR'],
  ['1,234.56', 'EUR'],
  ['=1+1', 'EUR'],
  ['', 'EUR'],
  [NaN, 'EUR'],
  [Infinity, 'EUR'],
  [90071992547409920, 'EUR'],
  ['1.00', '€'],
  ['1.00', 'eur'],
])('%j %s is refused', (amount, currency) => {
  expect(codeOf(() => money(amount, currency))).toBe('unusable-amount');
});

test('currencies are not added', () => {
  expect(codeOf(() => sumMoney([money('1', 'EUR'), money('1', 'USD')], 'EUR'))).toBe('mixed-currencies');
});

test('the smallest unit is that of the currency, and nothing is rounded to it', () => {
  expect(minorUnitsOf(money('-12.3', 'EUR'))).toBe(-1230);
  expect(minorUnitsOf(money('500', 'JPY'))).toBe(500);
  expect(minorUnitsOf(money('1.234', 'KWD'))).toBe(1234);
  expect(moneyOfMinorUnits(-1230, 'EUR').amount).toBe('-12.3');
  expect(moneyOfMinorUnits(1234, 'KWD').amount).toBe('1.234');
  expect(moneyOfMinorUnits(7, 'JPY').amount).toBe('7');
  expect(codeOf(() => minorUnitsOf(money('0.005', 'EUR')))).toBe('unusable-amount');
  expect(codeOf(() => minorUnitsOf(money('0.5', 'JPY')))).toBe('unusable-amount');
  expect(codeOf(() => minorUnitsOf(money('90071992547409.93', 'EUR')))).toBe('unusable-amount');
  expect(codeOf(() => moneyOfMinorUnits(0.5, 'EUR'))).toBe('unusable-amount');
});
