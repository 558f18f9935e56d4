import { RecoveryError } from '../../model/errors/recovery-error.js';
import { defineField } from './define-field.js';
import type { ColumnName } from './event-mapping.js';
import { typedValue, type EmptyMeaning, type FieldType } from './field-type.js';
import { InexactNumber } from '../../model/json/exact-number.js';
import type { NumberForm } from './inexact-rows.js';
import { badColumn, column, readColumn, type Column } from './read-column.js';
import type { RowPlace } from './row-source.js';

/** What a row's columns become: a state, or the value of an output. Plain JSON. */
export type RowValueMapping =
  | {
      /** An object of all columns, but for those that are dropped. */
      readonly form: 'row';
      readonly types?: Readonly<Record<ColumnName, FieldTyping>>;
      readonly drop?: readonly ColumnName[];
      readonly numbers?: NumberForm;
    }
  | ({
      /** One column is the whole value; text is read as JSON unless the type says otherwise. */
      readonly form: 'column';
      readonly column: ColumnName;
      readonly optional?: boolean;
      readonly numbers?: NumberForm;
    } & FieldTyping)
  /** An object of some columns under names of its own. */
  | { readonly form: 'columns'; readonly columns: readonly NamedField[]; readonly numbers?: NumberForm };

interface FieldTyping {
  readonly type?: FieldType;
  readonly empty?: EmptyMeaning;
}

interface NamedField extends FieldTyping {
  readonly field: string;
  readonly column: ColumnName;
  readonly optional?: boolean;
}

/** Makes the value of a row. @throws RecoveryError `invalid-field` */
export type RowValueReader = (row: unknown, place: () => RowPlace) => unknown;

/**
 * Checks a mapping once and makes it ready for many rows.
 * @throws RecoveryError `invalid-configuration` when it contradicts itself.
 */
export function rowValueReader(mapping: RowValueMapping): RowValueReader {
  switch (mapping.form) {
    case 'row':
      return wholeRow(mapping);
    case 'column': {
      const { type, empty = 'null', numbers } = mapping;
      const from = column(mapping);
      if (type === undefined) return (row, place) => readColumn(from, row, place);
      return (row, place) => typedValue(readColumn(from, row, place), type, empty, from.name, place, numbers);
    }
    case 'columns':
      return someColumns(mapping.columns, mapping.numbers);
  }
}

function wholeRow({
  types = {},
  drop = [],
  numbers,
}: Extract<RowValueMapping, { readonly form: 'row' }>): RowValueReader {
  const typed = new Map(Object.entries(types));
  const dropped = new Set(drop);
  const expected: readonly Column[] = [...typed.keys(), ...dropped].map((name) => column(name));
  for (const name of dropped) if (typed.has(name)) throw contradicts(`column ${name} has a type and is dropped`);
  if (expected.length === 0) {
    return (row, place) => {
      if (row === null || typeof row !== 'object' || row instanceof InexactNumber)
        throw badColumn('', 'an object with columns', row, place());
      return row;
    };
  }
  return (row, place) => {
    // A column that is only ever dropped must be there too: a misspelt one would stay in every state.
    for (const from of expected) readColumn(from, row, place);
    const value: Record<string, unknown> = {};
    for (const [name, cell] of Object.entries(row as object)) {
      if (dropped.has(name)) continue;
      const { type, empty = 'null' } = typed.get(name) ?? {};
      const made: unknown = typedValue(cell, type, empty, name, place, numbers);
      if (made !== undefined) defineField(value, name, made);
    }
    return value;
  };
}

function someColumns(fields: readonly NamedField[], numbers: NumberForm | undefined): RowValueReader {
  if (fields.length === 0) throw contradicts('columns names no column');
  const repeated = fields.find(({ field }, index) => fields.findIndex((other) => other.field === field) !== index);
  if (repeated !== undefined) throw contradicts(`two columns become the field ${repeated.field}`);
  const compiled = fields.map((field) => ({ ...field, empty: field.empty ?? ('null' as const), from: column(field) }));
  return (row, place) => {
    const value: Record<string, unknown> = {};
    for (const { field, from, type, empty } of compiled) {
      const made = typedValue(readColumn(from, row, place), type, empty, from.name, place, numbers);
      if (made !== undefined) defineField(value, field, made);
    }
    return value;
  };
}

function contradicts(message: string): RecoveryError {
  return new RecoveryError('invalid-configuration', `mapping: ${message}`, {
    hint: 'correct the mapping in the incident file',
  });
}
