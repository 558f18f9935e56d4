import { z } from 'zod';
import { numbersShape } from './row-value-schema.js';

const column = z.string({ error: 'must be the name of a column' }).min(1);
const whole = z.int({ error: 'must be a whole number' }).min(0);
const columnReference = z.union([column, z.strictObject({ column, optional: z.boolean().optional() })], {
  error: 'must be the name of a column, or {column, optional}',
});

/**
 * Which columns of a row say what about the event, as it is written in an incident file and given to `archive import`.
 * Dotted paths reach into nested values. Short forms are allowed where they are unambiguous: `time: at` is `{column: at}`.
 */
export const mappingSchema = z.strictObject({
  form: z
    .enum(['columns', 'envelope'], { error: 'must be columns or envelope' })
    .optional()
    .describe('`envelope` for rows that are whole events, as `eventmend archive export` writes them.'),
  source: z.string().min(1).optional().describe('Name of the original log; the name of the incident by default.'),
  topic: z
    .union([z.string().min(1), z.strictObject({ column })], { error: 'must be a topic, or {column}' })
    .optional()
    .describe('The topic of all rows ("events" by default), or the column that holds it.'),
  incarnation: z.string().optional().describe('Tells a topic from a later one of the same name.'),
  partition: z
    .union(
      [
        column,
        z.strictObject({ column }),
        z.strictObject({ hash: column, count: whole.min(1) }),
        z.strictObject({ constant: whole }),
      ],
      { error: 'must be a column, {hash, count} or {constant}' },
    )
    .optional()
    .describe('One partition, 0, by default.'),
  offset: z
    .union([column, z.strictObject({ column })], { error: 'must be a column, or "assigned"' })
    .optional()
    .describe('`assigned` (the default) numbers the rows of each partition as they come.'),
  key: columnReference.nullable().optional(),
  time: z
    .union(
      [
        column,
        z.strictObject({
          column,
          unit: z.enum(['seconds', 'milliseconds', 'microseconds', 'nanoseconds']).optional(),
          zone: z
            .string()
            .min(1)
            .optional()
            .describe('The zone of times that name none, such as Europe/Berlin; UTC by default.'),
          optional: z.boolean().optional(),
        }),
      ],
      { error: 'must be a column, or {column, unit, optional}' },
    )
    .nullable()
    .optional(),
  id: columnReference.nullable().optional().describe('A business id of the event.'),
  headers: columnReference.nullable().optional(),
  row_number: z.string().min(1).optional().describe('Adds the number of the row to the value under this name.'),
  value: z
    .union(
      [z.literal('row'), z.strictObject({ column }), z.strictObject({ columns: z.array(columnReference).min(1) })],
      {
        error: 'must be "row", {column} or {columns}',
      },
    )
    .optional()
    .describe('The whole row by default.'),
  ...numbersShape,
});

export type MappingDocument = z.infer<typeof mappingSchema>;
