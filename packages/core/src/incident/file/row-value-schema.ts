import { z } from 'zod';

const column = z.string({ error: 'must be the name of a column' }).min(1);
const type = z.enum(['text', 'integer', 'number', 'boolean', 'json'], {
  error: 'must be text, integer, number, boolean or json',
});
const empty = z.enum(['null', 'absent'], { error: 'must be null or absent' });
const typing = z.union([type, z.strictObject({ type, empty: empty.optional() })], {
  error: 'must be a type (text, integer, number, boolean, json), or {type, empty}',
});
/** A field of a value: a column, and what it is. */
export const rowValueField = z.union(
  [
    column,
    z.strictObject({ column, type: type.optional(), empty: empty.optional(), optional: z.boolean().optional() }),
  ],
  { error: 'must be the name of a column, or {column, type, empty, optional}' },
);

/** What a row's columns become: a state, or the value of an output. */
export const rowValue = z.union(
  [
    z.literal('row'),
    z.strictObject({ column, type: type.optional(), empty: empty.optional(), optional: z.boolean().optional() }),
    z.strictObject({ columns: z.union([z.array(column).min(1), z.record(z.string(), rowValueField)]) }),
  ],
  { error: 'must be "row", {column: NAME}, or {columns: {FIELD: COLUMN}}' },
);

/** For whole rows: what the columns are, and which to leave out. */
export const wholeRowShape = {
  types: z
    .record(z.string(), typing)
    .optional()
    .describe(
      'What columns are, where the whole row is taken. Without a type a column is what the row has: in CSV, text.',
    ),
  drop: z.array(column).optional().describe('Columns to leave out, where the whole row is taken.'),
};

/** Numbers that a double cannot hold. */
export const numbersShape = {
  numbers: z
    .enum(['exact', 'text'], { error: 'must be exact or text' })
    .optional()
    .describe('Numbers that a double cannot hold are an error (exact, the default), or become texts.'),
};

export type RowValueDocument = z.infer<typeof rowValue>;
export interface WholeRowDocument {
  readonly types?: z.infer<(typeof wholeRowShape)['types']>;
  readonly drop?: z.infer<(typeof wholeRowShape)['drop']>;
  readonly numbers?: z.infer<(typeof numbersShape)['numbers']>;
}
