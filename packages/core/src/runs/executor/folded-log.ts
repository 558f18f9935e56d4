import type { AccountTotals } from '../../model/accounts/accounts.js';

/** What a worker makes of a log: the state of every key, and where each event went. */
export interface FoldedLog {
  readonly states: ReadonlyMap<string, unknown>;
  readonly totals: AccountTotals;
}
