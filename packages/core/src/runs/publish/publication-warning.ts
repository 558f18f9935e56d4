import type { MissingPart } from '../../model/strategy/verdict.js';

/** What is no reason to refuse, and the user should know. Coded, for others to put into words. */
export type PublicationWarning =
  /** One broker alone may acknowledge, and lose, what was published. */
  | { readonly kind: 'one-replica-suffices'; readonly minInsyncReplicas: number }
  /** A broker that lags behind may become leader, and what it has not is lost. */
  | { readonly kind: 'unclean-election' }
  /** Which transactions were committed is confirmed, and may be lost, by one broker alone. */
  | { readonly kind: 'transactions-on-one-replica'; readonly minInsyncReplicas: number }
  /** How safely the cluster keeps its transactions was not seen. */
  | { readonly kind: 'transactions-hidden' }
  /** The user may not see the topic's settings: whether it is compacted is not known. */
  | { readonly kind: 'settings-hidden' }
  /** Nothing recorded shows which partitioner the service uses. */
  | { readonly kind: 'partitioner-unconfirmed' }
  /** Keys stand elsewhere than Java's partitioner puts them; each is published where it was recorded. */
  | { readonly kind: 'partitioner-deviates'; readonly keys: number; readonly first: readonly string[] }
  /** The run does not begin with the log: the topic holds the list from a baseline on. */
  | { readonly kind: 'begins-at-baseline' }
  /** The first call makes a small table of ours beside the user's: how far it has come stands there. */
  | { readonly kind: 'makes-table'; readonly table: string }
  /** What keeps the run from being complete: what it says of the keys that it reaches is not proven. */
  | { readonly kind: 'not-proven'; readonly missing: readonly MissingPart[] };
