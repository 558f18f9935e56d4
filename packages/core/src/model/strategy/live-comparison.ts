import type { PlacementProblem } from '../position/placement-problem.js';
import type { EarlierText } from './verdict.js';

/** How the recovered state compares with the live one, where the live state has a position and can be compared. */
export interface LiveComparison {
  readonly compared: boolean;
  /** Why nothing was compared, or what the comparison leaves open; null where neither is so. */
  readonly reason: LiveDoubt | null;
  readonly keys: number;
  readonly differing: number;
  /** Of `differing`: keys whose difference another permissible order may explain. Reports of older versions do not say. */
  readonly undetermined?: number;
  readonly onlyRecovered: number;
  readonly onlyLive: number;
  readonly firstDifference: { readonly key: string; readonly recovered: string; readonly live: string } | null;
}

type LiveDoubt =
  | { readonly kind: 'live-unreadable' }
  | { readonly kind: 'not-on-log'; readonly problem: PlacementProblem }
  | { readonly kind: 'not-at-target' }
  /** `message` of the error that ended the comparison. */
  | { readonly kind: 'comparison-failed'; readonly message: string }
  /** `undetermined` of the `differing` keys may differ since the live order is another permissible one. */
  | { readonly kind: 'order-not-recorded'; readonly undetermined: number; readonly differing: number }
  | EarlierText;
