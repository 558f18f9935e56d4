/** How a plan may be spread over tasks that know nothing of each other, without changing its result. */
export type Spread =
  /** The worker touches keys of one partition only: each task has some partitions. */
  | { readonly kind: 'partitions' }
  /** No event connects keys of two tasks: each task has some keys, wherever their events stand. */
  | {
      readonly kind: 'keys';
      /** Null for a worker whose events name one key each: nothing connects two. */
      readonly groups: KeyGroups | null;
    }
  | { readonly kind: 'refused'; readonly reason: SpreadRefusal };

/** Which keys events connect: a group is a set of keys that events tie together, however long the chain. */
export interface KeyGroups {
  readonly events: number;
  readonly keys: number;
  readonly groups: number;
  /** Groups of more than one key. */
  readonly connected: number;
  /** The one with most events. */
  readonly largest: { readonly keys: number; readonly events: number };
  /** Events that cannot say which keys they name. */
  readonly withoutKeys: number;
}

/** Why a plan is not spread. */
export type SpreadRefusal =
  /** Events tie so many keys together that one task would have nearly everything. */
  | { readonly kind: 'connected'; readonly groups: KeyGroups; readonly share: number }
  /** An event that cannot say which keys it names may name those of any task. */
  | { readonly kind: 'events-without-keys'; readonly events: number }
  /** The window of recent ids is one for all keys. */
  | { readonly kind: 'deduplicates' }
  /** A lost event may have named any key: what it reaches is told by one order over all of them. */
  | { readonly kind: 'holes' }
  /** Stand-ins, facts or estimates are placed among the events of all partitions. */
  | { readonly kind: 'beside-log' }
  /** The golden list of the outputs is in an order that they do not carry themselves. */
  | { readonly kind: 'order'; readonly by: 'field' | 'recorded' }
  /** Keys begin at states of different ages. */
  | { readonly kind: 'several-baselines' };
