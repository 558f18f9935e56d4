import { hash as hashOnce } from 'node:crypto';
import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { canonicalJson } from '../../../model/json/canonical-json.js';
import { firstDifference } from '../../../model/json/first-difference.js';
import type { RecordedOutput } from '../../../model/records/recorded-outputs.js';
import { outputReader } from '../../../sources/records/compile-record-mapping.js';
import type { OutputMapping } from '../../../sources/records/record-mapping.js';
import type { ColumnReference } from '../../../sources/rows/event-mapping.js';
import type { FieldType } from '../../../sources/rows/field-type.js';
import type { Cell, CellsByColumn } from '../../../sources/tables/output-table.js';
import type { RowChange } from './table-rows.js';

/** How an output stands in a table: the mapping by which it is read, turned round. */
export interface RowShape {
  readonly idColumn: string;
  /** The column of the output's key; null where the table has none. */
  readonly keyColumn: string | null;
  /** All that are written. */
  readonly columns: readonly string[];
  /** @throws RecoveryError `publication-refused` with the event and the path for what the columns cannot hold */
  cellsOf(change: RowChange & { readonly right: { readonly value: unknown } }, time: number): CellsByColumn;
  /** @throws RecoveryError `invalid-field` */
  read(row: unknown): RecordedOutput;
  /** What of a row counts: two rows with the same one say the same. */
  digestOf(row: unknown): string;
  /** @throws RecoveryError `publication-refused` where a row, as the table would give it back, says something else */
  checkStored(change: RowChange & { readonly right: { readonly value: unknown } }, row: unknown): void;
}

type Written = RowChange & { readonly right: { readonly value: unknown } };
type CellOf = (change: Written, time: number) => Cell;

/**
 * Turns a mapping round.
 * @throws RecoveryError `publication-refused` where what it reads cannot be written
 */
export function rowShape(mapping: OutputMapping, table: string): RowShape {
  const id = nameOf(mapping.id);
  if (id === null) throw unwritable('id', 'names no column of the id of an output: a row is found by it');
  if (mapping.eventId != null && mapping.event == null)
    throw unwritable('event_id', 'is not known of an output; map event too');
  const cells: (readonly [column: string, cell: CellOf])[] = [[id, (change) => change.id]];
  const keyColumn = nameOf(mapping.key);
  if (keyColumn !== null) cells.push([keyColumn, ({ key }) => key]);
  if ('column' in mapping.output) cells.push([mapping.output.column, ({ output }) => output]);
  const { event } = mapping;
  if (event != null) {
    if ('column' in event.topic) cells.push([event.topic.column, (change) => change.event.topic]);
    if ('column' in event.partition) cells.push([event.partition.column, (change) => change.event.partition]);
    cells.push([nameOf(event.offset) ?? '', (change) => change.event.offset]);
  }
  if (mapping.time != null) {
    const { column, unit } = mapping.time;
    cells.push([column, (_, time) => (unit === undefined ? new Date(time).toISOString() : timeIn(time, unit))]);
  }
  cells.push(...valueCells(mapping));
  const reader = outputReader(mapping);
  const place = () => ({ file: table, unit: 'row', number: 1, byte: null }) as const;
  const read = (row: unknown) => reader(row, 0, place);
  return {
    ...{ idColumn: id, keyColumn, columns: [...new Set(cells.map(([column]) => column))], read },
    cellsOf(change, time) {
      const made: Record<string, Cell> = {};
      for (const [column, cellOf] of cells) {
        const cell = cellOf(change, time);
        if (Object.hasOwn(made, column) && made[column] !== cell) {
          throw unencodable(change, table, '$', `the column ${JSON.stringify(column)} would hold two different things`);
        }
        made[column] = cell;
      }
      return made;
    },
    digestOf: (row) => digestOf(read(row)),
    checkStored(change, row) {
      const { output, key, event: of, right, id: own } = change;
      const found = read(row);
      const wanted = {
        ...{ id: own, output, key: keyColumn === null ? null : key, event: mapping.event == null ? null : of },
        value: right.value,
      };
      const stored = {
        id: found.businessId,
        output: found.output,
        key: found.key,
        event: found.event,
        value: found.value,
      };
      const difference = firstDifference(wanted, stored);
      if (difference === null) return;
      const path = difference.path.startsWith('$.value')
        ? `$${difference.path.slice('$.value'.length)}`
        : difference.path;
      throw unencodable(change, table, path, 'the columns of the table cannot hold it as it is');
    },
  };
}

export const noRow = 'none';

/** Without its place and the time of recording, which say nothing of what was sent. */
function digestOf({ output, key, value, event, businessId }: RecordedOutput): string {
  return hashOnce(
    'sha256',
    canonicalJson([output, key, value, event === null ? null : { ...event }, businessId]),
  ).slice(0, 32);
}

function valueCells({ value }: OutputMapping): (readonly [string, CellOf])[] {
  switch (value.form) {
    case 'row':
      throw unwritable('value', 'takes the whole row; name what it is: value: {column} or {columns}');
    case 'column':
      return [[value.column, ({ right }) => cellOf(right.value, value.type)]];
    case 'columns':
      return value.columns.map(({ field, column, type }) => [
        column,
        ({ right }) => {
          const from = right.value;
          const isObject = typeof from === 'object' && from !== null && !Array.isArray(from);
          return isObject && Object.hasOwn(from, field) ? cellOf((from as Record<string, unknown>)[field], type) : null;
        },
      ]);
  }
}

/** What cannot be a cell as it is shows when it is read back. */
function cellOf(value: unknown, type: FieldType | undefined): Cell {
  if (value === undefined) return null;
  if (type === 'json') return JSON.stringify(value);
  return value === null || typeof value !== 'object' ? (value as Cell) : JSON.stringify(value);
}

function nameOf(reference: ColumnReference | null | undefined): string | null {
  if (reference === null || reference === undefined) return null;
  return typeof reference === 'string' ? reference : reference.column;
}

function timeIn(time: number, unit: 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds'): Cell {
  const whole = BigInt(Math.floor(time));
  switch (unit) {
    case 'seconds':
      return Math.floor(time / 1000);
    case 'milliseconds':
      return Math.floor(time);
    case 'microseconds':
      return String(whole * 1000n);
    case 'nanoseconds':
      return String(whole * 1_000_000n);
  }
}

function unwritable(member: string, why: string): RecoveryError {
  return new RecoveryError('publication-refused', `live.outputs.mapping.${member} ${why}`, {
    hint: 'see "Into a table" in docs/publishing.md for what a mapping needs',
  });
}

function unencodable({ event, output, key }: RowChange, table: string, path: string, why: string): RecoveryError {
  const { topic, partition, offset } = event;
  return new RecoveryError(
    'publication-refused',
    `${table}: ${path} of the output ${output} (key ${JSON.stringify(key)}) of ${topic}[${partition}]@${offset}: ${why}`,
    {
      hint: 'compare the columns and live.outputs.mapping with what the worker emits; nothing was written',
      details: { table, topic, partition, offset: String(offset), output, key, path },
    },
  );
}
