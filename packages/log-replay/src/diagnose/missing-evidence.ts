import type { EarlierText, OffsetGap, PlacementProblem } from '@eventmend/core/engine';

/** Why recorded states could not be compared. */
export type NotComparedReason =
  /** The worker deduplicates, and a snapshot does not hold its window of recent ids. */
  | { readonly kind: 'deduplication-window' }
  /** No snapshot and no live state with a position on this log lies behind the last right one. */
  | { readonly kind: 'no-later-states' }
  /** The first of the ranges that no log holds. */
  | { readonly kind: 'gaps'; readonly gaps: readonly OffsetGap[] }
  | EarlierText;

/** Evidence that would tell more. */
export type MissingEvidence =
  /** Records of the events between the start and the first record. */
  | { readonly kind: 'earlier-records'; readonly events: number }
  /** Events without outputs were taken for handled. */
  | { readonly kind: 'ledger' }
  /** Events that records name, such as `first`, and that the log does not hold. */
  | { readonly kind: 'events-of-records'; readonly records: number; readonly first: string | null }
  /** Records that lie behind the position of the live state, and were not looked at. */
  | { readonly kind: 'later-live-state'; readonly records: number }
  | { readonly kind: 'live-state-with-position' }
  | { readonly kind: 'live-state-on-log'; readonly problem: PlacementProblem }
  | { readonly kind: 'records-in-handling-order' }
  | NotComparedReason;
