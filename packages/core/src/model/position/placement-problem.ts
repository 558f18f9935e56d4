import type { Offset } from '../event/offset.js';

/** Why a recorded position is none of a log. */
export type PlacementProblem =
  | { readonly kind: 'no-position' }
  | { readonly kind: 'partition-not-named'; readonly topic: string; readonly partition: number }
  | {
      readonly kind: 'behind-log-end';
      readonly topic: string;
      readonly partition: number;
      readonly next: Offset;
      readonly end: Offset;
    }
  | {
      readonly kind: 'before-log-beginning';
      readonly topic: string;
      readonly partition: number;
      readonly next: Offset;
    }
  | { readonly kind: 'partition-not-in-log'; readonly topic: string; readonly partition: number };
