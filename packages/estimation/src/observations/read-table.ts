import { RecoveryError } from '@eventmend/core';
import { openExternalRecords, type AmountMapping, type RecordTimeMapping } from '@eventmend/core/engine';
import type { RowInput } from '@eventmend/core/rows';
import type { Observation } from '../series/regular-series.js';

/** Which columns of a table are times, values and keys. */
export interface TableMapping {
  readonly time: RecordTimeMapping;
  /** How values are written. Null to count rows. Empty cells are missing. */
  readonly value: AmountMapping | null;
  /** A column by whose texts the rows are told apart; all are one series without it. */
  readonly by?: string;
  /** A column that names each row once: what says an earlier row once more is left out. It may be empty. */
  readonly id?: string;
}

/** The observations of a table. */
export interface ObservedTable {
  /** By key; the key is '' where none was asked for. In the order of the rows. */
  readonly byKey: ReadonlyMap<string, readonly Observation[]>;
  readonly rows: number;
  /** Rows without a value. */
  readonly empty: number;
  /** Rows left out, since an earlier one has their id, time, key and value. */
  readonly repeated: number;
}

/**
 * Reads the observations of a table: CSV, NDJSON, Parquet, SQLite, PostgreSQL or what a command prints. Values are read as
 * decimals in the one declared way, so that a decimal comma, `NaN` or a formula is an error with its row.
 * @throws RecoveryError `invalid-field` for the first row that is not what the mapping says, and where no row has a value; what
 *   opening the rows throws
 */
export async function readTable(input: RowInput, { time, value, by, id }: TableMapping): Promise<ObservedTable> {
  const records = await openExternalRecords(input, {
    time,
    ...(by !== undefined && { key: by }),
    ...(id !== undefined && { id: { column: id, optional: true } }),
    ...(value !== null && { amount: { ...value, optional: true } }),
  });
  const byKey = new Map<string, Observation[]>();
  const seen = new Set<string>();
  let [rows, empty, repeated] = [0, 0, 0];
  for await (const batch of records.read()) {
    for (const record of batch) {
      rows++;
      if (record.time === null || (value !== null && record.amount === null)) {
        empty++;
        continue;
      }
      if (record.id !== null) {
        const content = JSON.stringify([record.id, record.time, record.key, record.amount]);
        if (seen.has(content)) {
          repeated++;
          continue;
        }
        seen.add(content);
      }
      const observation = { time: record.time, value: value === null ? 1 : Number(record.amount) };
      const of = byKey.get(record.key ?? '');
      if (of === undefined) byKey.set(record.key ?? '', [observation]);
      else of.push(observation);
    }
  }
  if (rows > 0 && rows === empty && value !== null) {
    throw new RecoveryError('invalid-field', `no row has a value in column ${JSON.stringify(value.column)}`, {
      hint: 'name the column that holds the values',
      details: { column: value.column, rows },
    });
  }
  return { byKey, rows, empty, repeated };
}
