import { RecoveryError } from '../../model/errors/recovery-error.js';
import { isExactNumber } from '../../model/json/exact-number.js';
import { multiplyDecimals } from '../../model/records/decimal.js';
import { openExternalRecords } from '../../sources/records/open-external-records.js';
import type { ControlTotal } from './control-total.js';
import type { TotalRowsConfig } from './total-rows-config.js';

/**
 * The rows of a source as control totals.
 * @throws RecoveryError `invalid-field` for a row that is not what the mapping says, or whose amount no number holds; what opening
 *   the rows throws
 */
export async function readTotalRows(config: TotalRowsConfig): Promise<readonly ControlTotal[]> {
  const { name, rows, mapping, measure, factor, within, of, groups } = config;
  const records = await openExternalRecords(rows, mapping);
  const totals: ControlTotal[] = [];
  for await (const batch of records.read()) {
    for (const { seq, key, time, amount } of batch) {
      const digits = multiplyDecimals(amount ?? '0', factor);
      if (!isExactNumber(digits)) {
        throw new RecoveryError(
          'invalid-field',
          `record ${seq + 1} of ${records.location}: the amount comes to ${digits}, and no number has exactly its digits`,
          {
            hint: 'a measure is a number: give the total of fewer keys, or in a larger unit',
            details: { source: name },
          },
        );
      }
      const keys = key === null ? null : Object.hasOwn(groups, key) ? (groups[key] ?? [key]) : [key];
      totals.push({
        measure,
        value: Number(digits),
        within,
        at: time,
        of,
        records: name,
        ...(keys !== null && { keys }),
      });
    }
  }
  return totals;
}
