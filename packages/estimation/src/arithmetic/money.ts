import { RecoveryError } from '@eventmend/core';
import { addDecimals, multiplyDecimals, negateDecimal, parseDecimal, type Decimal } from '@eventmend/core/engine';

/** An amount of one currency. It is a decimal number as text, never a double, and nothing rounds it. */
export interface Money {
  readonly amount: Decimal;
  /** Three letters, as ISO 4217 has them. */
  readonly currency: string;
}

/**
 * Makes an amount of digits with a point, such as `-1234.50`. A number is taken as it is written in JSON, and only up to 15
 * digits, which a double gives back.
 * @throws RecoveryError `unusable-amount` for anything else, and for a currency that is none
 */
export function money(amount: string | number, currency: string): Money {
  if (!/^[A-Z]{3}$/.test(currency)) {
    throw new RecoveryError('unusable-amount', `${JSON.stringify(currency)} is no currency`, {
      hint: 'give the three letters of ISO 4217, such as EUR',
    });
  }
  const text = String(amount);
  const decimal = parseDecimal(text);
  const isInexact = typeof amount === 'number' && text.replace(/e.*$|\D/g, '').length > 15;
  if (decimal === null || isInexact) {
    throw new RecoveryError('unusable-amount', `${JSON.stringify(amount)} is no exact amount`, {
      hint: 'give digits with a point as text; commas and thousands are read where the rows are mapped',
    });
  }
  return { amount: decimal, currency };
}

/** The sum of amounts of one currency; zero of it for none. @throws RecoveryError `mixed-currencies` */
export function sumMoney(amounts: Iterable<Money>, currency: string): Money {
  let sum: Decimal = '0';
  for (const { amount, currency: of } of amounts) {
    if (of !== currency) {
      throw new RecoveryError('mixed-currencies', `an amount in ${of} stands among those in ${currency}`, {
        hint: 'ask for each currency by itself: no rate is assumed',
      });
    }
    sum = addDecimals(sum, amount);
  }
  return { amount: sum, currency };
}

export function negateMoney({ amount, currency }: Money): Money {
  return { amount: negateDecimal(amount), currency };
}

/** @throws RecoveryError `mixed-currencies` */
export function subtractMoney(from: Money, amount: Money): Money {
  return sumMoney([from, negateMoney(amount)], from.currency);
}

export function isZero({ amount }: Money): boolean {
  return amount === '0';
}

/**
 * The amount in the smallest unit of its currency, as ISO 4217 has it: cents of EUR, whole JPY, thousandths of KWD.
 * @throws RecoveryError `unusable-amount` for a fraction of that unit, and for more than a double holds
 */
export function minorUnitsOf({ amount, currency }: Money): number {
  const units = multiplyDecimals(amount, `1${'0'.repeat(minorDigits(currency))}`);
  if (units.includes('.') || !Number.isSafeInteger(Number(units))) {
    throw new RecoveryError(
      'unusable-amount',
      `${amount} ${currency} cannot be counted in the smallest unit of ${currency}`,
      {
        hint: 'give an amount without fractions of that unit, and not above 2^53 of them',
      },
    );
  }
  return Number(units);
}

/** The opposite of `minorUnitsOf`. */
export function moneyOfMinorUnits(units: number, currency: string): Money {
  if (!Number.isSafeInteger(units)) {
    throw new RecoveryError('unusable-amount', `${units} is no whole number of the smallest unit of ${currency}`, {
      hint: 'round to totals first',
    });
  }
  return money(multiplyDecimals(String(units), smallestUnit(currency)), currency);
}

function smallestUnit(currency: string): Decimal {
  const digits = minorDigits(currency);
  return digits === 0 ? '1' : `0.${'0'.repeat(digits - 1)}1`;
}

function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
