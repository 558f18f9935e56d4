import { compareDecimals } from '@eventmend/core/engine';
import type { Booking } from './booking.js';
import { closeBridge, type Bridge } from './bridge.js';
import { money, subtractMoney, type Money } from './money.js';
import {
  computeTotal,
  fewestPeriods,
  widestResidual,
  type DefinitionCheck,
  type PeriodResidual,
  type TotalDefinition,
} from './total-definition.js';

/** A period of which somebody else knows what it came to, and of which we lack bookings. */
export interface PeriodWithGap {
  /** The balances at both ends; for a plain total the opening is zero and the closing is the total. */
  readonly opening: Money;
  readonly closing: Money;
  /** Our bookings of the period, those in the gap excepted: nothing else of the period may be missing. */
  readonly survived: readonly Booking[];
  readonly definition: TotalDefinition;
  /** How the definition held in earlier periods. */
  readonly check: DefinitionCheck;
  /** The widest residual of an earlier period that is put up with; none by default. */
  readonly within?: Money;
  /** What is missing cannot be below zero. */
  readonly isNonNegative?: boolean;
}

/** What the missing bookings come to, in the terms of the total. */
export type MissingAmount =
  /** It follows: the definition held without a residual in every earlier period. */
  | { readonly status: 'exact'; readonly missing: Money; readonly bridge: Bridge }
  /** It follows if the residual of the period is like those of earlier ones; both ends are the same where they were one and the same. */
  | { readonly status: 'bounded'; readonly low: Money; readonly high: Money; readonly bridge: Bridge }
  | { readonly status: 'refused'; readonly reason: MissingRefusal; readonly bridge: Bridge };

export type MissingRefusal =
  /** Too few earlier periods say what the total is made of. */
  | { readonly code: 'definition-unchecked'; readonly periods: number; readonly needed: number }
  /** In earlier periods the bookings do not come to the total, and by more than is put up with. */
  | { readonly code: 'definition-fails'; readonly periods: readonly PeriodResidual[]; readonly widest: Money }
  /** More survived than the total holds. */
  | { readonly code: 'below-zero'; readonly missing: Money };

/**
 * What a total leaves for the bookings that are missing: nothing is estimated. The bridge goes from the opening over what survived
 * and what is missing to the closing amount.
 * @throws RecoveryError `mixed-currencies`, `invalid-argument`
 */
export function missingAmount(period: PeriodWithGap): MissingAmount {
  const { opening, closing, survived, definition, check, within, isNonNegative = false } = period;
  const { currency } = opening;
  const amount = computeTotal(definition, survived, currency);
  const { bridge, rest: missing } = closeBridge(
    opening,
    [{ kind: 'survived', amount, bookings: survived.length }],
    closing,
    'missing',
  );
  const refused = (reason: MissingRefusal): MissingAmount => ({ status: 'refused', reason, bridge });
  if (check.outcome === 'unchecked') {
    return refused({ code: 'definition-unchecked', periods: check.periods.length, needed: fewestPeriods });
  }
  const widest = money(widestResidual(check), currency);
  const excess = within === undefined ? widest : subtractMoney(widest, within);
  if (compareDecimals(excess.amount, '0') > 0) {
    return refused({ code: 'definition-fails', periods: check.periods, widest });
  }
  const { smallest, largest } = check;
  const low = largest === null ? missing : subtractMoney(missing, largest);
  const high = smallest === null ? missing : subtractMoney(missing, smallest);
  if (isNonNegative && high.amount.startsWith('-')) return refused({ code: 'below-zero', missing });
  if (check.outcome === 'holds') return { status: 'exact', missing, bridge };
  return { status: 'bounded', low, high, bridge };
}
