import { z } from 'zod';
import { isEventPath } from '../../evidence/matching/event-facts.js';
import { parseDecimal } from '../../model/records/decimal.js';
import { timeForm } from '../../sources/records/time-form.js';
import { parseDuration } from './duration.js';
import { parseInstant } from './instant.js';
import { checkRows, rowsShape } from './rows-schema.js';

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
  within: z
    .union([duration, z.strictObject({ earlier: duration.optional(), later: duration.optional() })], {
      error: 'must be a duration such as 2h, or {earlier, later}',
    })
    .optional()
    .describe('How much earlier and later than its event a record may be.'),
  amount: z
    .union(
      [
        eventPath,
        z.strictObject({
          path: eventPath,
          factor: z
            .union([z.number(), z.string()], { error: 'must be a number' })
            .refine((given) => !['0', null].includes(parseDecimal(String(given))), 'must be a number other than 0')
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

/** What another system recorded, as it is written under `records`. */
export const externalRecordsConfig = z
  .strictObject({
    name: z
      .string({ error: 'must be a text' })
      .regex(/^[\w][\w.-]{0,79}$/, 'must be 1 to 80 letters, digits, dots, hyphens or underscores'),
    ...rowsShape,
    mapping: mapping.describe('What the columns are.'),
    stands_for: standsFor.describe('Which events a row stands for.'),
    complete_for: texts.optional().describe('Types of event of which the source has every one.'),
    from: moment.optional().describe('From when on the source has the events; its first record by default.'),
    until: moment.optional().describe('Up to when; its last record by default.'),
  })
  .superRefine((value, context) => {
    const wrong = (message: string, ...path: string[]) => {
      context.addIssue({ code: 'custom', path, message });
    };
    checkRows(value, context);
    const { mapping: columns, stands_for: claim } = value;
    const { match: by } = claim;
    const here = ['stands_for', 'match'] as const;
    if (by.id === undefined && by.within === undefined) {
      wrong('needs "id", or "within" (a duration) with "key" or "amount": how else is an event recognised?', ...here);
    }
    if (by.within !== undefined && by.key === undefined && by.amount === undefined) {
      wrong('needs "key" or "amount" too: events are not recognised by their time alone', ...here, 'within');
    }
    for (const name of ['id', 'key', 'amount'] as const) {
      if (by[name] !== undefined && columns[name] === undefined) wrong(`needs "mapping.${name}"`, ...here, name);
      if (by[name] === undefined && columns[name] !== undefined && !(name !== 'id' && columns.reversal !== undefined)) {
        wrong(`is compared with nothing: name where the event has it, under stands_for.match.${name}`, 'mapping', name);
      }
    }
    if (by.within !== undefined && columns.time === undefined) wrong('needs "mapping.time"', ...here, 'within');
    if (by.time !== undefined && columns.time === undefined) wrong('needs "mapping.time"', ...here, 'time');
    if (columns.reversal === 'negative' && columns.amount === undefined) {
      wrong('negative needs "mapping.amount"', 'mapping', 'reversal');
    }
    const types = claim.types === undefined ? null : listOf(claim.types);
    for (const type of listOf(value.complete_for ?? [])) {
      if (types?.includes(type) !== false) continue;
      wrong(`names ${type}, which is not under stands_for.types`, 'complete_for');
    }
    const [from, until] = [parseInstant(value.from ?? ''), parseInstant(value.until ?? '')];
    if (from !== null && until !== null && until < from) wrong('is before "from"', 'until');
  });

export function listOf(given: string | readonly string[]): readonly string[] {
  return typeof given === 'string' ? [given] : given;
}

export type ExternalRecordsDocument = z.infer<typeof externalRecordsConfig>;
