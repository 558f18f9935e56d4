export { estimateGap, type EstimateOptions } from './estimate-gap.js';
export { estimateKeys, type KeysEstimate, type SumEstimate } from './estimate-keys.js';
export type { Assumption, Backtest, DataUsed, Estimated, Gap, GapEstimate, PathSlot } from './estimate.js';
export type { MaskPhase } from './backtest/choose-masks.js';
export type { MethodScore } from './backtest/run-backtest.js';
export type { Target } from './backtest/target.js';
export { type ObservedTable, type TableMapping, readTable } from './observations/read-table.js';
export { type TableSeriesSettings, seriesOfTable } from './observations/series-of-table.js';
export { type Interval, conformalInterval, conformalQuantile } from './intervals/conformal.js';
export type { HalvesCoverage, HeldMasks } from './intervals/coverage-by-halves.js';
export type { GapSide, MethodName } from './methods/portfolio.js';
export type { Help, Refusal, RefusalReason } from './refusal/refusal.js';
export type { CalendarMark } from './series/calendar-marks.js';
export type { Outlier } from './series/find-outliers.js';
export type { GridStep } from './series/grid.js';
export { type Observation, type SeriesSettings, extendSeries, regularSeries } from './series/regular-series.js';
export type { Measure, Series, SeriesCalendar } from './series/series.js';
export type { Booking, Period } from './arithmetic/booking.js';
export type { Bridge, BridgeLine } from './arithmetic/bridge.js';
export { type BalancesToBridge, type BridgedBalances, bridgeBalances } from './arithmetic/bridge-balances.js';
export type { BookingPair } from './arithmetic/match-bookings.js';
export {
  type MissingAmount,
  type MissingRefusal,
  type PeriodWithGap,
  missingAmount,
} from './arithmetic/missing-amount.js';
export { type ReadBookings, type BookingMapping, readBookings } from './observations/read-bookings.js';
export { readTotals } from './observations/read-totals.js';
export { type CalendarPeriod, parsePeriod } from './series/calendar-period.js';
export { type PeriodTotal, totalName } from './explain/period-total.js';
export { type ExplainedGap, type GapToExplain, type UnusedTotal, explainGap } from './explain/explain-gap.js';
export type { GapAmount, KnownSpan } from './explain/cover-gap.js';
export type { UnusablePeriod } from './explain/slots-of-period.js';
export type { ExplainedPeriod } from './explain/explained-period.js';
export { levelHolding } from './explain/level-holding.js';
export { fitToTotals } from './explain/fit-to-totals.js';
export { type BooksToCompare, type ComparedBooks, compareBooks } from './explain/compare-books.js';
export { type Money, minorUnitsOf, money, moneyOfMinorUnits } from './arithmetic/money.js';
export {
  type DefinitionCheck,
  type KnownPeriod,
  type PeriodResidual,
  type TotalDefinition,
  checkDefinition,
} from './arithmetic/total-definition.js';
export { type AllocatedCounts, allocateCounts } from './totals/allocate-counts.js';
export { type ValueBounds, findContradiction } from './totals/find-contradiction.js';
export { type SpanTotal, fitProfile } from './totals/fit-profile.js';
export { type LinearTotal, totalOf } from './totals/linear-total.js';
export { type JointEstimates, type Reconciled, reconcile, varianceOfSum } from './totals/reconcile.js';
export { roundToTotals } from './totals/round-to-totals.js';
export { estimateStates } from './ensemble/estimate-states.js';
export type { StatesOptions } from './ensemble/states-options.js';
export type {
  EstimatedGapEvent,
  EstimatedState,
  EstimatedStates,
  GapFidelity,
  StatesEstimate,
} from './ensemble/estimated-states.js';
export type { EnsembleBaseline } from './ensemble/choose-baseline.js';
export type { DonorPhase } from './ensemble/choose-donors.js';
export type { LocatedGap, TimeSpan } from './ensemble/locate-gaps.js';
export { type EnsembleQuantity, quantityOfMembers } from './ensemble/member-intervals.js';
export type { EnsembleCounts } from './ensemble/run-ensemble.js';
export type { StatesRefusal } from './ensemble/states-refusal.js';
export { donorEstimator } from './ensemble/donor-estimator.js';
export { estimation } from './strategy/estimation.js';
