import { describePartition, unbalancedAccounts } from '@eventmend/core/engine';
import type { RunReport } from '@eventmend/core';
import type { ReportJson } from '../../documents/report-document.js';

type Account = ReportJson['accounts']['total'];

/** So many partitions are listed; the others are in the sum. */
const mostPartitions = 400;

/** Where every offset went: four classes that add up, partition by partition and in sum. */
export function accountsOfRun({ accounts, totals, standIns = [], lossUnknown }: RunReport): ReportJson['accounts'] {
  const badFirst = accounts.toSorted((a, b) => b.unavailable + b.quarantined - (a.unavailable + a.quarantined));
  const listed = accounts.length <= mostPartitions ? accounts : badFirst.slice(0, mostPartitions);
  return {
    partitions: listed.map((of) => accountToJson(describePartition(of), of)),
    total: {
      name: 'all',
      from: '0',
      to: String(totals.offsets),
      offsets: totals.offsets,
      ...columnsOf(totals),
    },
    skipped: { ...totals.skipped },
    repeated: totals.repeated,
    beside: standIns.map((of) => accountToJson(besideName(of.source), of)),
    unbalanced: unbalancedAccounts(accounts).map(describePartition),
    ...(lossUnknown === true && { lossUnknown }),
  };
}

function accountToJson(name: string, of: RunReport['accounts'][number]): Account {
  const { from, to } = of.range;
  return { name, from: String(from), to: String(to), offsets: to - from, ...columnsOf(of) };
}

function columnsOf({
  applied,
  skipped,
  quarantined,
  unavailable,
}: Pick<RunReport['totals'], 'applied' | 'skipped' | 'quarantined' | 'unavailable'>) {
  return { applied, skipped: Object.values(skipped).reduce((sum, count) => sum + count, 0), quarantined, unavailable };
}

function besideName(source: string): string {
  return source
    .replace(/^records:/, 'rows of ')
    .replace(/^estimate:/, 'estimates of ')
    .replace(/^facts:/, 'facts of ');
}
