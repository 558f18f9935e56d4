import { z } from 'zod';
import { parseInstant } from './instant.js';
import { kafkaSchema } from './kafka-schema.js';
import { outputSchemasSchema } from './log-schemas-schema.js';
import { checkRows, rowsShape } from './rows-schema.js';
import { numbersShape, rowValue, wholeRowShape } from './row-value-schema.js';

const path = z.string({ error: 'must be a path' }).min(1, 'must not be empty');
const column = z.string({ error: 'must be the name of a column' }).min(1);
const reference = z.union([column, z.strictObject({ column, optional: z.boolean().optional() })], {
  error: 'must be the name of a column, or {column, optional}',
});
const moment = z
  .string({ error: 'must be a moment such as 2026-11-19T09:12:00Z' })
  .refine((text) => parseInstant(text) !== null, 'must be a moment such as 2026-11-19T09:12:00Z');
const order = z.enum(['handling', 'partition', 'unknown'], { error: 'must be handling, partition or unknown' });

const event = z
  .strictObject({
    topic: z.union([z.string().min(1), z.strictObject({ column, optional: z.boolean().optional() })], {
      error: 'must be a topic, or {column}',
    }),
    partition: z.union(
      [
        column,
        z.strictObject({ column, optional: z.boolean().optional() }),
        z.strictObject({ constant: z.int().min(0) }),
      ],
      { error: 'must be a column, {column} or {constant}' },
    ),
    offset: reference,
  })
  .describe('The event that a record speaks of, by its place in the log.');

const time = z
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
  .describe('When it was recorded.');

const outputMapping = z
  .strictObject({
    output: z
      .union([z.string().min(1), z.strictObject({ column })], { error: 'must be the name of an output, or {column}' })
      .describe('The name of the output, or the column that holds it.'),
    key: reference.optional(),
    value: rowValue.describe('What of the row is the value.'),
    ...wholeRowShape,
    ...numbersShape,
    event: event.optional(),
    event_id: reference.optional().describe('A business id of the event.'),
    id: reference.optional().describe('A business id of the output itself.'),
    time: time.optional(),
  })
  .superRefine((value, context) => {
    for (const name of ['types', 'drop'] as const) {
      if (value[name] !== undefined && value.value !== 'row') {
        context.addIssue({ code: 'custom', path: [name], message: 'belongs to "value: row"' });
      }
    }
  });

const ledgerMapping = z
  .strictObject({ event: event.optional(), event_id: reference.optional(), time: time.optional(), ...numbersShape })
  .refine((value) => value.event !== undefined || value.event_id !== undefined, {
    message: 'needs "event" (topic, partition, offset) or "event_id"',
  });

const kept = {
  from: moment.optional().describe('From when on everything was kept; the first record by default.'),
  until: moment.optional().describe('Up to when; the last record by default.'),
};

/** What the service sent, as rows or as the log of an output topic. */
const outputsOfRows = z
  .strictObject({
    ...rowsShape,
    archive: path
      .optional()
      .describe('An archive of the output topic; its events are rows too (see docs/resources.md).'),
    kafka: kafkaSchema
      .optional()
      .describe('The output topic itself, with "topics"; its committed records are rows too (see docs/publishing.md).'),
    topics: z.array(z.string().min(1)).min(1).optional().describe('Topics of the archive; all by default.'),
    schemas: outputSchemasSchema
      .optional()
      .describe("The registry with the schemas of the output topic, where its values are in Confluent's wire format."),
    mapping: outputMapping.optional().describe('How a row becomes an output.'),
    order: order.optional().describe('What the order of the rows means; handling by default.'),
    ...kept,
  })
  .superRefine((value, context) => {
    checkRows(value, context, ['archive', 'kafka']);
    if (value.kafka !== undefined && value.kafka.topics === undefined) {
      context.addIssue({ code: 'custom', path: ['kafka'], message: 'needs "topics": the output topic' });
    }
    if (value.schemas !== undefined && value.kafka === undefined) {
      context.addIssue({ code: 'custom', path: ['schemas'], message: 'belongs to "kafka"' });
    }
    if (value.topics !== undefined && value.archive === undefined) {
      context.addIssue({ code: 'custom', path: ['topics'], message: 'belongs to "archive"' });
    }
  });

/** The service's own list of the events that it handled. */
const ledgerOfRows = z
  .strictObject({
    ...rowsShape,
    mapping: ledgerMapping.optional().describe('How a row names an event.'),
    order: z
      .union([order, z.strictObject({ column })], { error: 'must be handling, partition, unknown or {column}' })
      .optional()
      .describe('What the order of the rows means, or the column that rises with the handling.'),
    ...kept,
  })
  .superRefine((value, context) => {
    checkRows(value, context);
  });

export const outputsConfig = z.union([path, outputsOfRows]);
export const ledgerConfig = z.union([path, ledgerOfRows]);

export type OutputsDocument = z.infer<typeof outputsConfig>;
export type LedgerDocument = z.infer<typeof ledgerConfig>;
export type EventDocument = z.infer<typeof event>;
export type ReferenceDocument = z.infer<typeof reference>;
export type TimeDocument = z.infer<typeof time>;
