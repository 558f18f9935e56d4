import type { Decimal } from '../../model/records/decimal.js';
import type { ColumnReference } from '../rows/event-mapping.js';
import type { NumberForm } from '../rows/inexact-rows.js';
import type { RowValueMapping } from '../rows/row-value.js';

/** How a row of another system becomes the event that it stands for. Its time is that of the row. Plain JSON. */
export interface EventTemplate {
  readonly topic: string;
  /** `mapped`: the key of the row. Null for events without keys. */
  readonly key: ColumnReference | { readonly mapped: 'key' } | null;
  /** A column with an object of names and texts, or with a list of name and text pairs. */
  readonly headers?: ColumnReference | null;
  readonly value: Exclude<RowValueMapping, { readonly form: 'columns' }> | ValueOfFields;
  /** What becomes of numbers that a double cannot give back; `exact` by default. */
  readonly numbers?: NumberForm;
}

/** An object of fields, in this order. */
interface ValueOfFields {
  readonly form: 'fields';
  readonly fields: readonly TemplateField[];
}

/** A dot in the name of a field leads into an object. */
export type TemplateField = { readonly field: string } & (
  | FieldOfColumn
  | { readonly constant: string | number | boolean | null }
  /** What the mapping of the source makes of the row; an amount times the factor of the match. */
  | {
      readonly mapped: MappedField;
      readonly as: 'number' | 'text';
      readonly factor?: Decimal;
    }
);

export type MappedField = 'id' | 'key' | 'time' | 'amount' | 'type';

type FieldOfColumn = Omit<Extract<RowValueMapping, { readonly form: 'columns' }>['columns'][number], 'field'>;
