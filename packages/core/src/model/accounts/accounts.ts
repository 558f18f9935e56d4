import type { OffsetRange } from '../log/event-log.js';
import type { PartitionId } from '../log/partition-id.js';

/** Why an offset was read and deliberately not applied. */
export type SkipReason =
  'control' | 'aborted' | 'filtered' | 'declared' | 'duplicate-id' | 'before-baseline' | 'out-of-scope';

/** Where every offset of a range went; the four add up to the length of the range. */
export interface PartitionAccount extends PartitionId {
  readonly range: OffsetRange;
  readonly applied: number;
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  readonly quarantined: number;
  /** Offsets that may have held events and could not be read. */
  readonly unavailable: number;
  /** Second and later copies of an offset that was counted already: beside the account, not in it. */
  readonly repeated: number;
}

export interface AccountTotals extends Omit<PartitionAccount, keyof PartitionId | 'range'> {
  readonly offsets: number;
}

/** Adds accounts up over partitions. */
export function totalAccounts(accounts: readonly PartitionAccount[]): AccountTotals {
  const skipped: Partial<Record<SkipReason, number>> = {};
  let offsets = 0;
  let applied = 0;
  let quarantined = 0;
  let unavailable = 0;
  let repeated = 0;
  for (const account of accounts) {
    offsets += account.range.to - account.range.from;
    applied += account.applied;
    quarantined += account.quarantined;
    unavailable += account.unavailable;
    repeated += account.repeated;
    for (const [reason, count] of Object.entries(account.skipped) as [SkipReason, number][]) {
      skipped[reason] = (skipped[reason] ?? 0) + count;
    }
  }
  return { offsets, applied, skipped, quarantined, unavailable, repeated };
}

/** Partitions whose four columns do not add up to their range: a defect of the engine wherever it is not empty. */
export function unbalancedAccounts(accounts: readonly PartitionAccount[]): readonly PartitionAccount[] {
  return accounts.filter((account) => {
    const skipped = Object.values(account.skipped).reduce((sum, count) => sum + count, 0);
    return (
      account.applied + skipped + account.quarantined + account.unavailable !== account.range.to - account.range.from
    );
  });
}
