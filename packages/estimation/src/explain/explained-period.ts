import type { MissingAmount } from '../arithmetic/missing-amount.js';
import type { Span } from '../methods/history.js';
import type { PeriodTotal } from './period-total.js';
import type { UnusablePeriod } from './slots-of-period.js';

/** What a total leaves for the part of a gap that its period holds. */
export interface ExplainedPeriod {
  readonly total: PeriodTotal;
  readonly result: MissingAmount | { readonly status: 'unusable'; readonly reason: UnusablePeriod };
  /** Slots of the gap that the period holds, counted from its first. */
  readonly span: Span;
}
