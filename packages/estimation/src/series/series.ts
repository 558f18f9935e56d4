import type { CalendarMark } from './calendar-marks.js';
import type { GridStep } from './grid.js';

/**
 * What a number is. `count` and `sum` belong to a slot and can be added up over a gap; a `level` (a balance, a stock) is a
 * state, and what is asked for is its value at the end of the gap; the readings of a `counter` only rise until it is reset,
 * and its series holds the increments.
 */
export type Measure = 'count' | 'sum' | 'level' | 'counter';

/** A measure on a regular grid. A slot that is missing is NaN, and never zero. */
export interface Series {
  readonly step: GridStep;
  /** The zone whose clocks say where a day begins. */
  readonly zone: string;
  readonly measure: Measure;
  /** Starts of the slots in milliseconds since 1970, and behind them the end of the last: one more than there are values. */
  readonly edges: Float64Array;
  readonly values: Float64Array;
  /** Slots after which the pattern repeats: 168 hours, 7 days, 52 weeks, 12 months, unless another was asked for; 1 for none. */
  readonly season: number;
  /** The place of each slot in the season: two slots of one phase are alike. A holiday has the phases of a Sunday. */
  readonly phases: Uint16Array;
  readonly marks: readonly CalendarMark[];
  /** No value can be below zero: counts, counters, and where it was said so or no value of the history is. */
  readonly isNonNegative: boolean;
  /** Slots at which a counter began anew. */
  readonly resets: readonly number[];
  /** How the series is continued on the same grid. */
  readonly calendar: SeriesCalendar;
}

/** What the phases of further slots follow from. */
export interface SeriesCalendar {
  /** Null for the season of the step. */
  readonly season: number | null;
  /** Local dates, `YYYY-MM-DD`. */
  readonly holidays: ReadonlySet<string>;
}
