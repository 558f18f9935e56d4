import type { MaskPhase } from './backtest/choose-masks.js';
import type { MethodScore } from './backtest/run-backtest.js';
import type { Target } from './backtest/target.js';
import type { Interval } from './intervals/conformal.js';
import type { HalvesCoverage } from './intervals/coverage-by-halves.js';
import type { MethodName } from './methods/portfolio.js';
import type { Refusal } from './refusal/refusal.js';
import type { Outlier } from './series/find-outliers.js';

/** A gap that was asked for, in milliseconds since 1970: `from` is in it, `to` is not. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** What is estimated of a gap, with what it rests on; or why not. */
export type GapEstimate = Estimated | (Refusal & { readonly data: DataUsed; readonly backtest: Backtest | null });

export interface Estimated {
  readonly status: 'estimated';
  /** `interpolated` where something is known on both sides of the gap, otherwise `extrapolated`. Never anything better. */
  readonly fidelity: 'interpolated' | 'extrapolated';
  readonly target: Target;
  /** The sum over the gap, or for the target `end` the value in its last slot. */
  readonly estimate: number;
  /** Of the estimate, at 80, 90 and 95 %. */
  readonly intervals: readonly Interval[];
  readonly path: readonly PathSlot[];
  /** What the 90 % bands of the path hold: each slot by itself, or for the target `path` all of them together. */
  readonly bands: 'each' | 'all';
  readonly method: MethodName;
  readonly backtest: Backtest;
  readonly assumptions: readonly Assumption[];
  readonly data: DataUsed;
}

export interface PathSlot {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** How the methods did over known spans like the gap, hidden one after the other. */
export interface Backtest {
  /** Masks on which methods were compared, and those that the intervals come from. */
  readonly selection: number;
  readonly calibration: number;
  /**
   * How many that have nothing to do with each other would tell as much as those of the calibration, rounded down: where they overlap, or an error goes on
   * from one to the next, they know the same twice.
   */
  readonly independent: number;
  /** Whether the two share no mask. */
  readonly isApart: boolean;
  readonly phase: MaskPhase;
  /** In the order of the portfolio. */
  readonly scores: readonly MethodScore[];
  readonly baseline: MethodName;
  /** Whether intervals made of one half of the calibration's masks hold in the other: fewer than the level says show a drift. */
  readonly coverage: readonly HalvesCoverage[];
  /** First slots of all masks, in milliseconds since 1970. */
  readonly masks: readonly number[];
}

export interface DataUsed {
  /** The gap in whole slots, in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly slots: number;
  readonly season: number;
  /** Known slots outside of the gap, missing ones, and slots of the gap that have a value (which is not looked at). */
  readonly known: number;
  readonly missing: number;
  readonly survived: number;
  readonly isNonNegative: boolean;
  readonly outliers: readonly Outlier[];
  /** Slots at which a counter began anew, in milliseconds since 1970: their increments are lower bounds. */
  readonly resets: readonly number[];
}

/** What is taken for granted, and the estimates if it is not so; none where no figure can be had. */
export interface Assumption {
  readonly code:
    /** The level goes from the one before the gap to the one behind it: the estimates with either alone. */
    | 'level-between'
    /** The level stays as it was. */
    | 'level-stays'
    /** The series follows its covariate as it did in the history: the estimate if it follows by the same share. */
    | 'covariate-elasticity'
    /** No holiday that is not known as one: the estimate if every day were like the lowest day of the week. */
    | 'no-holiday'
    /** Outliers belong to the history: the estimate without them. */
    | 'outliers-belong'
    /** Nothing can be negative, since no value of the history is. */
    | 'non-negative'
    /** The masks are of other phases than the gap, because there are too few of its own. */
    | 'phase-relaxed'
    /** Methods were chosen on the same masks that the intervals come from. */
    | 'shared-masks'
    /** Fewer than 40 masks: methods were not compared. */
    | 'few-masks'
    /** The masks of the calibration overlap, or err alike, and tell no more than fewer than 19 apart: the intervals are those of so many. */
    | 'overlapping-masks'
    /** All that is known is one and the same value. */
    | 'no-variation'
    /** The end of a month lies in the gap, and only the week is modelled. */
    | 'month-end';
  readonly ifNot: readonly number[];
}
