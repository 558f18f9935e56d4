import { RecoveryError } from '@eventmend/core';
import { compareDecimals, negateDecimal, type Decimal } from '@eventmend/core/engine';
import type { Booking } from './booking.js';
import { subtractMoney, sumMoney, isZero, negateMoney, type Money } from './money.js';

/** What somebody's total is made of: sales minus fees, say. */
export interface TotalDefinition {
  /** Types of bookings that it adds as they are; null for all types that it does not subtract. */
  readonly adds: readonly string[] | null;
  /** Types of bookings that it takes off: their amounts are given above zero. */
  readonly subtracts?: readonly string[];
}

/** An earlier period of which both the total and all bookings are known. */
export interface KnownPeriod {
  /** For people: `2026-10`. */
  readonly name: string;
  readonly total: Money;
  readonly bookings: readonly Booking[];
}

export interface PeriodResidual {
  readonly name: string;
  readonly total: Money;
  /** What the bookings come to by the definition. */
  readonly computed: Money;
  /** The total minus what was computed. */
  readonly residual: Money;
}

/** Whether a total is what its definition says, by the periods of which both are known. */
export interface DefinitionCheck {
  readonly outcome:
    /** No residual in any period. */
    | 'holds'
    /** One and the same residual in every period, such as a monthly charge that is no booking. */
    | 'constant-residual'
    /** Residuals that differ. */
    | 'varying-residual'
    /** Too few periods to tell. */
    | 'unchecked';
  readonly periods: readonly PeriodResidual[];
  /** The smallest and the largest residual; null where there is no period. */
  readonly smallest: Money | null;
  readonly largest: Money | null;
}

/** One or two periods that fit may fit by chance. */
export const fewestPeriods = 3;

/**
 * Holds the definition of a total against earlier periods.
 * @throws RecoveryError `mixed-currencies`, `invalid-argument`
 */
export function checkDefinition(definition: TotalDefinition, periods: readonly KnownPeriod[]): DefinitionCheck {
  const residuals = periods.map(({ name, total, bookings }): PeriodResidual => {
    const computed = computeTotal(definition, bookings, total.currency);
    return { name, total, computed, residual: subtractMoney(total, computed) };
  });
  const sorted = residuals.map(({ residual }) => residual).sort((a, b) => compareDecimals(a.amount, b.amount));
  const [smallest, largest] = [sorted[0] ?? null, sorted.at(-1) ?? null];
  return { outcome: outcomeOf(sorted), periods: residuals, smallest, largest };
}

function outcomeOf(sorted: readonly Money[]): DefinitionCheck['outcome'] {
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined || sorted.length < fewestPeriods) return 'unchecked';
  if (first.amount !== last.amount) return 'varying-residual';
  return isZero(first) ? 'holds' : 'constant-residual';
}

/** What bookings come to by the definition. @throws RecoveryError `mixed-currencies`, `invalid-argument` */
export function computeTotal(
  { adds, subtracts = [] }: TotalDefinition,
  bookings: readonly Booking[],
  currency: string,
): Money {
  const twice = subtracts.find((type) => adds?.includes(type));
  if (twice !== undefined) {
    throw new RecoveryError('invalid-argument', `a total both adds and subtracts ${JSON.stringify(twice)}`, {
      hint: 'name each type once',
    });
  }
  return sumMoney(
    bookings.flatMap(({ type, amount }): Money[] => {
      if (type !== null && subtracts.includes(type)) return [negateMoney(amount)];
      return adds === null || (type !== null && adds.includes(type)) ? [amount] : [];
    }),
    currency,
  );
}

/** The largest distance of a residual from zero. */
export function widestResidual({ smallest, largest }: DefinitionCheck): Decimal {
  if (smallest === null || largest === null) return '0';
  const below = negateDecimal(smallest.amount);
  return compareDecimals(largest.amount, below) >= 0 ? largest.amount : below;
}
