import { distinctBookings, isWithinPeriod, type Booking } from '../arithmetic/booking.js';
import { missingAmount, type MissingAmount } from '../arithmetic/missing-amount.js';
import { money, type Money } from '../arithmetic/money.js';
import { checkDefinition, type DefinitionCheck, type TotalDefinition } from '../arithmetic/total-definition.js';
import type { Gap } from '../estimate.js';
import type { Span } from '../methods/history.js';
import { extendSeries } from '../series/regular-series.js';
import type { Series } from '../series/series.js';
import { spanOf } from '../series/span-of-gap.js';
import { coverGap, type GapAmount, type KnownSpan } from './cover-gap.js';
import { contradictingTotals, conflictingTotals } from './contradicting-totals.js';
import { totalName, type PeriodTotal } from './period-total.js';
import { slotsOfPeriod, type UnusablePeriod } from './slots-of-period.js';

/** A gap of a series of money, and what is known besides. */
export interface GapToExplain {
  readonly series: Series;
  readonly gap: Gap;
  /** What the series was made of. */
  readonly bookings: readonly Booking[];
  /** Up to when the bookings are complete, where that is behind the last slot of the series. */
  readonly completeTo?: number;
  readonly totals: readonly PeriodTotal[];
  readonly definition: TotalDefinition;
  /** The widest residual of an earlier period that is put up with; none by default. */
  readonly within?: Money;
  readonly currency: string;
}

/** What totals say of a gap. */
export interface ExplainedGap {
  /** How the definition of the totals held in periods that are known. */
  readonly check: DefinitionCheck;
  /** Totals of periods that hold a part of the gap, each with what it leaves for that part. */
  readonly periods: readonly ExplainedPeriod[];
  /** Totals that neither say anything of the gap nor check the definition. */
  readonly unused: readonly UnusedTotal[];
  /** Totals that cannot hold together: any one of them may be wrong. */
  readonly contradiction: readonly string[];
  /** What the whole gap came to. */
  readonly amount: GapAmount;
  /** Our bookings inside of the gap: they survived, and may be a part only. */
  readonly survived: readonly Booking[];
  /** Rows that say a booking once more, by its id. */
  readonly repeated: number;
}

export interface ExplainedPeriod {
  readonly total: PeriodTotal;
  readonly result: MissingAmount | { readonly status: 'unusable'; readonly reason: UnusablePeriod };
  /** Slots of the gap that the period holds, counted from its first. */
  readonly span: Span;
}

export interface UnusedTotal {
  readonly total: PeriodTotal;
  readonly reason: UnusablePeriod;
}

/**
 * What totals of periods leave for a gap, after what they are made of was held against the periods that are known. Nothing is
 * estimated. Totals that cannot hold together are named, and nothing is made of any of them.
 * @throws RecoveryError `mixed-currencies`, `conflicting-bookings`, `invalid-argument`
 */
export function explainGap(request: GapToExplain): ExplainedGap {
  const { gap, totals, definition, within, completeTo } = request;
  const series = extendSeries(request.series, gap.to);
  const { bookings, repeated } = distinctBookings(request.bookings);
  const span = spanOf(series, gap);
  const whole = { from: series.edges[span.from]!, to: series.edges[span.to]! };
  const conflicting = conflictingTotals(totals);
  const distinct = [...new Map(totals.map((total) => [`${total.from} ${total.to}`, total])).values()];
  const placed = distinct.map((total) => ({ total, ...slotsOfPeriod(series, span, total, completeTo) }));
  const isUsable = ({ reason }: { readonly reason: UnusablePeriod | null }): boolean => reason === null;
  const elsewhere = placed.filter((period) => period.inGap.from >= period.inGap.to);
  const check = checkDefinition(
    definition,
    elsewhere.filter(isUsable).map(({ total }) => ({
      ...{ name: total.name, total: total.total },
      bookings: bookings.filter((booking) => isWithinPeriod(booking, total)),
    })),
  );
  const isNonNegative = series.isNonNegative && bookings.every(({ amount: { amount } }) => !amount.startsWith('-'));
  const periods = placed
    .filter(({ inGap }) => inGap.from < inGap.to)
    .map(({ total, reason, inGap }): ExplainedPeriod => {
      if (reason !== null) return { total, span: inGap, result: { status: 'unusable', reason } };
      const result = missingAmount({
        ...{ opening: money('0', request.currency), closing: total.total, definition, check, isNonNegative },
        survived: bookings.filter((booking) => isWithinPeriod(booking, total) && !isWithinPeriod(booking, whole)),
        ...(within !== undefined && { within }),
      });
      return { total, span: inGap, result };
    });
  const contradiction = conflicting.length > 0 ? conflicting : contradictingTotals(periods, isNonNegative);
  const slots = span.to - span.from;
  return {
    ...{ check, periods, contradiction },
    unused: elsewhere.flatMap(({ total, reason }) => (reason === null ? [] : [{ total, reason }])),
    amount: contradiction.length > 0 ? { status: 'contradicting' } : coverGap(periods.flatMap(knownSpanOf), slots),
    survived: bookings.filter((booking) => isWithinPeriod(booking, whole)),
    repeated: repeated.length,
  };
}

function knownSpanOf({ total, span, result }: ExplainedPeriod): KnownSpan[] {
  const name = totalName(total);
  if (result.status === 'exact') return [{ name, span, low: result.missing, high: result.missing, isExact: true }];
  return result.status === 'bounded' ? [{ name, span, low: result.low, high: result.high, isExact: false }] : [];
}
