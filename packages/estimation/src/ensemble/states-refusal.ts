import type { ReplayGap } from '@eventmend/core/engine';
import type { TimeSpan } from './locate-gaps.js';

/** Why no states are estimated. */
export type StatesRefusal =
  /** Nothing is lost behind the best baseline: a replay gives the states themselves. */
  | { readonly code: 'nothing-lost' }
  /** Nobody can say when these events happened: no event and no state stands in front of them, or nothing behind them. */
  | { readonly code: 'unplaced-gap'; readonly gaps: readonly ReplayGap[] }
  /** Too few known stretches of the history are as long as the gap. */
  | { readonly code: 'too-few-donors'; readonly span: TimeSpan; readonly donors: number; readonly needed: number }
  /** In the stretches that stand in for a gap nothing happened. */
  | { readonly code: 'no-donor-events'; readonly span: TimeSpan }
  /** The keys of one stretch are seldom those of another, such as the ids of orders: whose events were lost, no history tells. */
  | { readonly code: 'keys-do-not-recur'; readonly recurring: number; readonly events: number }
  /** The worker could not handle events that were drawn: they need others in front of them. */
  | { readonly code: 'draws-fail'; readonly failed: number; readonly drawn: number }
  /** A control total lies further from what was drawn than the draws from each other. */
  | {
      readonly code: 'contradicting-total';
      readonly measure: string;
      readonly total: number;
      readonly estimate: number;
      readonly standardDeviation: number;
    };
