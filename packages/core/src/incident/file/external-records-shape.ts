import { z } from 'zod';
import { isEventPath } from '../../evidence/matching/event-facts.js';
import { parseDecimal } from '../../model/records/decimal.js';
import { timeForm } from '../../sources/records/time-form.js';
import { parseDuration } from './duration.js';
import { parseInstant } from './instant.js';
import { numbersShape, rowValueField, wholeRowShape } from './row-value-schema.js';
import { rowsShape } from './rows-schema.js';

const column = z.string({ error: 'must be the name of a column' }).min(1);
const reference = z.union([column, z.strictObject({ column, optional: z.boolean().optional() })], {
  error: 'must be the name of a column, or {column, optional}',
});
const text = z.string({ error: 'must be a text' }).min(1, 'must not be empty');
const texts = z.union([text, z.array(text).min(1)], { error: 'must be a text, or a list of them' });
const moment = z
  .string({ error: 'must be a moment such as 2026-11-19T09:12:00Z' })
  .refine((given) => parseInstant(given) !== null, 'must be a moment such as 2026-11-19T09:12:00Z');
const duration = z
  .string({ error: 'must be a duration such as 2h' })
  .refine((given) => parseDuration(given) !== null, 'must be a duration such as 2h');

const earlierAndLater = z.union(
  [duration, z.strictObject({ earlier: duration.optional(), later: duration.optional() })],
  { error: 'must be a duration such as 2h, or {earlier, later}' },
);

const factor = z
  .union([z.number(), z.string()], { error: 'must be a number' })
  .refine((given) => !['0', null].includes(parseDecimal(String(given))), 'must be a number other than 0');

const time = z.union(
  [
    column,
    z.strictObject({
      column,
      form: z
        .string()
        .refine((form) => timeForm(form) !== null, 'must be made of YYYY, MM, DD, HH, mm, ss: DD.MM.YYYY HH:mm, say')
        .optional()
        .describe('How times are written that are not in ISO 8601 form: DD.MM.YYYY HH:mm, MM/DD/YYYY.'),
      unit: z.enum(['seconds', 'milliseconds', 'microseconds', 'nanoseconds']).optional(),
      zone: z
        .string()
        .min(1)
        .optional()
        .describe('The zone of times that name none, such as Europe/Berlin; UTC by default.'),
      optional: z.boolean().optional(),
    }),
  ],
  { error: 'must be a column, or {column, form, unit, zone, optional}' },
);

const amount = z.union(
  [
    column,
    z.strictObject({
      column,
      decimal: z
        .enum(['point', 'comma'], { error: 'must be point or comma' })
        .optional()
        .describe('What stands before the fraction; a point by default.'),
      thousands: z
        .string()
        .length(1, 'must be one character')
        .refine((given) => /^[^\d+-]$/.test(given), 'must be neither a digit nor a sign')
        .optional()
        .describe('What stands between thousands; nothing by default.'),
      optional: z.boolean().optional(),
    }),
  ],
  { error: 'must be a column, or {column, decimal, thousands, optional}' },
);

const mapping = z.strictObject({
  id: reference.optional().describe('A business id that the event has too.'),
  key: reference.optional().describe('The key of the event, or what else names it: an account, a customer.'),
  time: time.optional().describe('When it happened.'),
  amount: amount.optional().describe('Read digit by digit; money is never a floating-point number here.'),
  type: z
    .union([column, z.strictObject({ column, names: z.record(z.string(), text).optional() })], {
      error: 'must be a column, or {column, names}',
    })
    .optional()
    .describe('The type of event; names says which type a text of the column means.'),
  reversal: z
    .union([z.literal('negative'), z.strictObject({ column, is: texts })], {
      error: 'must be "negative", or {column, is}',
    })
    .optional()
    .describe('Rows that take an earlier one back: they stand for no event.'),
});

const eventPath = z
  .string({ error: 'must be a path into the event' })
  .refine(isEventPath, 'must be key, time, header.NAME, or value.PATH');

const match = z.strictObject({
  id: eventPath.optional().describe('Where the event has the id of the record.'),
  key: eventPath.optional(),
  time: eventPath.optional().describe('Where the event has its time; its own by default.'),
  within: earlierAndLater.optional().describe('How much earlier and later than its event a record may be.'),
  amount: z
    .union(
      [
        eventPath,
        z.strictObject({
          path: eventPath,
          factor: factor
            .optional()
            .describe('The event has the amount of the record times this: 100 for euros against cents.'),
        }),
      ],
      { error: 'must be a path into the event, or {path, factor}' },
    )
    .optional(),
});

const standsFor = z.strictObject({
  topic: text.optional().describe('All topics of the worker if absent.'),
  types: texts.optional().describe('The types of event, as the worker names them; all if absent.'),
  match: match.describe('How the event of a record is recognised: by id, else by key, time and amount.'),
});

const mappedField = z.strictObject({
  mapped: z
    .enum(['id', 'key', 'time', 'amount', 'type'], { error: 'must be id, key, time, amount or type' })
    .describe('What "mapping" makes of the row; an amount times the factor of the match.'),
  as: z
    .enum(['number', 'text'], { error: 'must be number or text' })
    .optional()
    .describe('By default amounts and times (in milliseconds) are numbers, and all else is text.'),
});
const templateField = z.union(
  [rowValueField, z.strictObject({ constant: z.union([z.string(), z.number(), z.boolean(), z.null()]) }), mappedField],
  { error: 'must be the name of a column, {column, type, empty, optional}, {constant} or {mapped, as}' },
);

const templateValue = z.union(
  [
    z.literal('row'),
    z.strictObject({ column, type: z.literal('json').optional() }),
    z.strictObject({ columns: z.record(z.string().min(1), templateField) }),
  ],
  { error: 'must be "row", {column: NAME}, or {columns: {FIELD: COLUMN}}' },
);

const fact = z.strictObject({
  state: templateValue.optional().describe('All of the state of the key.'),
  fields: z
    .record(z.string().min(1), templateField)
    .optional()
    .describe('A part of it: fields, and what is in them. A dot in a name leads into an object.'),
  within: earlierAndLater.describe(
    'How much earlier and later than the moment of which it speaks the time of a row may be.',
  ),
  factor: factor.optional().describe('The state has the amount of a row times this: 100 for euros against cents.'),
  ...wholeRowShape,
  ...numbersShape,
});

const total = z.strictObject({
  measure: text.describe('A measure that the worker declares.'),
  factor: factor.optional().describe('The measure has the amount of a row times this: 100 for euros against cents.'),
  within: z.number().min(0).optional().describe('How far it may be off; 0 by default.'),
  of: text.optional().describe('Who says so; the name of the source by default.'),
  groups: z
    .record(z.string(), z.array(z.string()).min(1))
    .optional()
    .describe('The keys that a text of the column "key" stands for; any other text is a key itself.'),
});

const event = z.strictObject({
  topic: text.optional().describe('The topic that the event was in; that of stands_for by default.'),
  key: z
    .union([reference, z.strictObject({ mapped: z.literal('key') })], {
      error: 'must be a column, {column, optional} or {mapped: key}',
    })
    .nullable()
    .optional()
    .describe('The key of the event; none by default.'),
  headers: reference.optional(),
  value: templateValue.optional().describe('The whole row by default.'),
  ...wholeRowShape,
  ...numbersShape,
});

/** A source of rows under `records`, field by field; what the fields must be to each other is checked apart. */
export const externalRecordsShape = z.strictObject({
  name: z
    .string({ error: 'must be a text' })
    .regex(/^[\w][\w.-]{0,79}$/, 'must be 1 to 80 letters, digits, dots, hyphens or underscores'),
  ...rowsShape,
  mapping: mapping.describe('What the columns are.'),
  stands_for: standsFor.optional().describe('Which events a row stands for; not where rows are facts or totals.'),
  complete_for: texts.optional().describe('Types of event of which the source has every one.'),
  has_every_event: z
    .boolean({ error: 'must be true or false' })
    .optional()
    .describe(
      'Its rows are all events that the topic had, of every type, and nothing else: between from and until, or ever. Believed where no log is left that could tell otherwise.',
    ),
  use: z
    .enum(['events', 'facts', 'totals'], { error: 'must be events, facts or totals' })
    .optional()
    .describe(
      '`events`: rows stand in for events that are lost. `facts`: they say what the states of keys were. `totals`: they say what a measure came to. Without it they are only held against known events.',
    ),
  event: event.optional().describe('How a row becomes the event that it stands for.'),
  fact: fact.optional().describe('What a row says of the state of its key (use: facts).'),
  total: total.optional().describe('What a row says of a measure (use: totals).'),
  from: moment.optional().describe('From when on the source has the events; its first record by default.'),
  until: moment.optional().describe('Up to when; its last record by default.'),
});

export type ExternalRecordsFields = z.infer<typeof externalRecordsShape>;

/** How much earlier and later than its event a row may be, in milliseconds; null where nobody says. */
export function withinOf(
  within: z.infer<typeof earlierAndLater> | undefined,
): { readonly earlier: number; readonly later: number } | null {
  if (within === undefined) return null;
  const ms = (given = '0s') => parseDuration(given) ?? 0;
  if (typeof within === 'string') return { earlier: ms(within), later: ms(within) };
  return { earlier: ms(within.earlier), later: ms(within.later) };
}

export function listOf(given: string | readonly string[]): readonly string[] {
  return typeof given === 'string' ? [given] : given;
}
