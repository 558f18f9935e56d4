import { openExternalRecords, type AmountMapping } from '@eventmend/core/engine';
import type { RowInput } from '@eventmend/core/rows';
import { money } from '../arithmetic/money.js';
import { parsePeriod } from '../series/calendar-period.js';
import type { PeriodTotal } from '../explain/period-total.js';

/**
 * Reads what periods came to, a row each: `2026-11` and an amount.
 * @param period the column of the periods, such as `2026`, `2026-Q4`, `2026-11` or `2026-11-03`
 * @param of who says so, for people
 * @throws RecoveryError `invalid-field` for the first row that is not what the mapping says, `invalid-argument` for a period that is none
 */
export async function readTotals(
  input: RowInput,
  { period, amount }: { readonly period: string; readonly amount: AmountMapping },
  { currency, zone, of }: { readonly currency: string; readonly zone: string; readonly of: string },
): Promise<readonly PeriodTotal[]> {
  const records = await openExternalRecords(input, { key: period, amount });
  const totals: PeriodTotal[] = [];
  for await (const batch of records.read()) {
    for (const { key, amount: digits } of batch) {
      totals.push({ ...parsePeriod(key ?? '', zone), total: money(digits ?? '', currency), of });
    }
  }
  return totals;
}
