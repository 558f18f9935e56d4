import { totalAccounts, type PartitionAccount } from '../../model/accounts/accounts.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { Plan } from '../../model/plan/plan.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { RunSummary } from './summarise-run.js';

/**
 * The accounts of a run as they may be shown: an offset that stands for as many events as nobody knows is none that was counted.
 */
export function knownAccounts(
  { accounts, totals }: Pick<RunSummary, 'accounts' | 'totals'>,
  { segments }: Pick<Plan, 'segments'>,
): Pick<RunReport, 'accounts' | 'totals' | 'lossUnknown'> {
  const openEnds = new Map(
    segments.flatMap((segment) => (segment.openEnd === true ? [[partitionKey(segment), Number(segment.to)]] : [])),
  );
  if (openEnds.size === 0) return { accounts, totals };
  const known = accounts.map((account): PartitionAccount => {
    const { range, unavailable } = account;
    if (openEnds.get(partitionKey(account)) !== range.to) return account;
    return { ...account, range: { from: range.from, to: range.to - 1 }, unavailable: unavailable - 1 };
  });
  return { accounts: known, totals: totalAccounts(known), lossUnknown: true };
}
