import './checked-once.js';
import { z } from 'zod';
import { deliveriesSchema } from './deliveries-schema.js';
import { externalRecordsConfig, mayMakeTheSame } from './external-records-schema.js';
import { kafkaSchema } from './kafka-schema.js';
import { logSchemasSchema } from './log-schemas-schema.js';
import { mappingSchema } from './mapping-schema.js';
import { parseDuration } from './duration.js';
import { parseInstant } from './instant.js';
import { ledgerConfig, outputsConfig } from './records-schema.js';
import { reportSchema } from './report-schema.js';
import { stateConfig, stateOfRows } from './state-schema.js';
import { workerSchema } from './worker-schema.js';

const path = z.string().min(1, 'must not be empty');
const paths = z.union([path, z.array(path).min(1)], { error: 'must be a path or a list of paths' });
const instant = z
  .string({ error: 'must be a moment such as 2026-11-19T09:12:00Z' })
  .refine((text) => parseInstant(text) !== null, 'must be a moment such as 2026-11-19T09:12:00Z');
const count = z.int({ error: 'must be a whole number' }).min(1, 'must be at least 1');

/** Offsets of which the user knows that no event ever stood there. */
const gap = z
  .strictObject({
    topic: z.string().min(1).optional().describe('All topics if absent.'),
    partition: z.int().min(0).optional().describe('All partitions if absent.'),
    offsets: z
      .union([z.int().min(0), z.string().regex(/^\d{1,15}(-\d{1,15})?$/)], {
        error: 'must be an offset, or a range such as 17-19',
      })
      .refine((offsets) => !isBackward(offsets), {
        error: ({ input }) =>
          `${String(input)} ends before it begins: name the first offset, then the last, such as 17-19`,
      })
      .optional()
      .describe('An offset, or the first and the last of a range: 17-19.'),
    before: count.optional().describe('All offsets below this one: an export or a numbering that begins there.'),
    up_to: count
      .optional()
      .describe('Every gap between events of at most so many offsets, as transaction markers leave.'),
    reason: z.string({ error: 'must say why no event stood there' }).min(1, 'must say why no event stood there'),
  })
  .refine(
    ({ offsets, before, up_to }) => [offsets, before, up_to].filter((given) => given !== undefined).length === 1,
    { message: 'needs one of "offsets", "before" and "up_to"' },
  );

function isBackward(offsets: number | string): boolean {
  const [first, last = first] = String(offsets).split('-').map(Number) as [number, number?];
  return last < first;
}

/** A path is relative to the incident file. */
const log = z
  .strictObject({
    archive: paths.optional().describe('Archives of the log, the preferred first.'),
    kafka: kafkaSchema.optional().describe('A Kafka cluster that still has events; read without a group.'),
    ndjson: paths.optional().describe('NDJSON files (plain, .gz, .zst) that hold the events.'),
    mapping: mappingSchema.optional().describe('Which fields of a row say what about the event.'),
    schemas: logSchemasSchema.optional().describe('Values are in the wire format of a schema registry.'),
    topics: z.array(z.string().min(1)).min(1).optional().describe('Topics to read; by default those of the worker.'),
    gaps: z.array(gap).min(1).optional().describe('Gaps in the offsets that are known to have held no event.'),
  })
  .refine(({ archive, kafka, ndjson }) => [archive, kafka, ndjson].some((given) => given !== undefined), {
    message: 'needs an "archive", "kafka", or "ndjson" files; or several of them',
  })
  .refine(({ kafka, topics }) => kafka === undefined || (kafka.topics ?? topics) !== undefined, {
    path: ['kafka'],
    message: 'needs "topics": which ones to read',
  });

const order = z
  .strictObject({
    by: z.enum(['time', 'field', 'recorded'], { error: 'must be time, field or recorded' }),
    field: z.string().min(1).optional().describe('Dotted path of the number that orders the events (by: field).'),
    max_step: z
      .string({ error: 'must be a duration such as 24h or 30s' })
      .refine((text) => parseDuration(text) !== null, 'must be a duration such as 24h or 30s')
      .optional()
      .describe('A time that is more than this above the watermark needs confirmation (by: time). 24h by default.'),
    file: path.optional().describe('The recorded live order (by: recorded).'),
    from: z
      .enum(['outputs', 'ledger'], { error: 'must be outputs or ledger' })
      .optional()
      .describe('Instead of a file: the records under "live" that show the order (by: recorded).'),
    using: z
      .enum(['order', 'time'], { error: 'must be order or time' })
      .optional()
      .describe('What of these records tells it: their order (the default), or their times.'),
  })
  .superRefine((value, context) => {
    const misplaced = (name: 'field' | 'max_step' | 'file' | 'from' | 'using', by: string) => {
      if (value[name] !== undefined && value.by !== by) {
        context.addIssue({ code: 'custom', path: [name], message: `belongs to "by: ${by}"` });
      }
    };
    misplaced('field', 'field');
    misplaced('max_step', 'time');
    misplaced('file', 'recorded');
    misplaced('from', 'recorded');
    misplaced('using', 'recorded');
    if (value.by === 'field' && value.field === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['by'],
        message: 'field also needs "field": the path of the ordering number',
      });
    }
    if (value.by === 'recorded' && (value.file === undefined) === (value.from === undefined)) {
      const message = 'recorded also needs either "file": the recorded order, or "from": outputs or ledger';
      context.addIssue({ code: 'custom', path: ['by'], message });
    }
    if (value.using !== undefined && value.from === undefined && value.by === 'recorded') {
      context.addIssue({ code: 'custom', path: ['using'], message: 'belongs to "from"' });
    }
  });

/** The incident file as it is written. Unknown keys are errors everywhere. */
export const incidentSchema = z
  .strictObject({
    format_version: z.literal(1, { error: 'must be 1' }),
    name: z
      .string({ error: 'must be a text' })
      .regex(/^[\w][\w.-]{0,79}$/, 'must be 1 to 80 letters, digits, dots, hyphens or underscores'),
    worker: workerSchema,
    log: log
      .optional()
      .describe(
        'What is left of the events. Without it, nothing is: a recovery then begins at a snapshot or at nothing, and has what other systems recorded.',
      ),
    deliveries: deliveriesSchema
      .optional()
      .describe('Dead-letter and retry topics: their records deliver events of other topics once more.'),
    order: order.optional().describe('How partitions are put together; by time if absent.'),
    onset: instant.optional().describe('When the error began, as far as known.'),
    end: instant.optional().describe('When it ended; absent while it goes on.'),
    snapshots: z
      .union([path, z.array(stateConfig).min(1), stateOfRows])
      .optional()
      .describe('Snapshots of the service: files, folders of them, or rows with a mapping.'),
    trusted: z.array(z.string()).optional().describe('Ids of snapshots that are to be trusted without proof.'),
    trusted_behind_onset: z
      .array(z.string())
      .optional()
      .describe('Of these, the ones that are meant although they were taken behind the onset.'),
    reviewed: z
      .array(z.string().min(1))
      .optional()
      .describe(
        'What no check covered and you have read: event types, lines of the worker (worker.ts:41-44), fields that its normalise drops ($.cache). What depends on it is declared, not unproven.',
      ),
    live: z
      .strictObject({
        state: stateConfig.optional().describe('The live state; compared, never written.'),
        outputs: outputsConfig.optional().describe('What the service really sent.'),
        ledger: ledgerConfig.optional().describe('The list that the service kept of the events that it handled.'),
      })
      .optional(),
    records: z
      .array(externalRecordsConfig)
      .min(1)
      .optional()
      .describe('What other systems recorded: a bank, a payment provider. Held against the events that are known.'),
    totals: z
      .array(
        z.strictObject({
          measure: z.string().min(1).describe('A measure that the worker declares.'),
          value: z.number({ error: 'must be a number' }).describe('What it comes to over all keys.'),
          within: z.number().min(0).optional().describe('How far it may be off; 0 by default.'),
          at: instant
            .optional()
            .describe('When it was so: the moment of a snapshot. Where the recovery ends by default.'),
          of: z.string().min(1).optional().describe('Who says so, such as a statement of the bank.'),
          keys: z
            .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
              error: 'must be a key, or a list of keys',
            })
            .optional()
            .describe('Over these keys alone.'),
        }),
      )
      .min(1)
      .optional()
      .describe('Control totals: what somebody else says that the states come to.'),
    deploys: z
      .array(
        z.strictObject({
          at: instant.describe('When it came into force.'),
          name: z.string().min(1).describe('Its version, say.'),
        }),
      )
      .optional()
      .describe('When which version of the service came into force; a diagnosis looks whether faults began with one.'),
    references: z
      .record(z.string(), path)
      .optional()
      .describe('Reference data for context.lookup: a file of rows {key, valid_from, value} by table name.'),
    poison: z
      .enum(['stop', 'quarantine-event', 'quarantine-key'], {
        error: 'must be stop, quarantine-event or quarantine-key',
      })
      .optional()
      .describe('What happens with an event that cannot be processed; stop by default.'),
    accept: z
      .strictObject({ gaps: z.boolean({ error: 'must be true or false' }).optional() })
      .optional()
      .describe('Losses that may stay; the result then says that it is incomplete.'),
    report: reportSchema.optional().describe('What reports of runs do not show.'),
    store: path.optional().describe('Folder of runs and evidence; .eventmend beside the incident file by default.'),
    tuning: z
      .strictObject({
        threads: count.optional(),
        batch_events: count.optional(),
        batch_ms: count.optional(),
        cached_states: count.optional(),
        event_timeout_ms: count.optional(),
        read_ahead: z.boolean({ error: 'must be true or false' }).optional(),
      })
      .optional()
      .describe('Speed and memory; nothing here changes a result.'),
  })
  .superRefine((value, context) => {
    const onset = value.onset === undefined ? null : parseInstant(value.onset);
    const end = value.end === undefined ? null : parseInstant(value.end);
    if (onset !== null && end !== null && end < onset) {
      context.addIssue({ code: 'custom', path: ['end'], message: 'is before the onset' });
    }
    value.records?.forEach(({ name }, index, all) => {
      if (all.findIndex((each) => each.name === name) === index) return;
      const message = `${name} is the name of an earlier source`;
      context.addIssue({ code: 'custom', path: ['records', index, 'name'], message });
    });
    value.records?.forEach((source, index, all) => {
      const other = all.slice(0, index).find((each) => mayMakeTheSame(each, source));
      if (other === undefined) return;
      const message = `makes events that ${other.name} makes too, so that a lost one would come back twice: give them other types, or times (from, until) that lie apart by more than a row may be early and late`;
      context.addIssue({ code: 'custom', path: ['records', index, 'event'], message });
    });
    for (const id of value.trusted_behind_onset ?? []) {
      if (value.trusted?.includes(id) === true) continue;
      const message = `names ${id}, which is not declared "trusted"`;
      context.addIssue({ code: 'custom', path: ['trusted_behind_onset'], message });
    }
    const from = value.order?.from;
    if (from !== undefined && value.live?.[from] === undefined) {
      context.addIssue({ code: 'custom', path: ['order', 'from'], message: `needs "live.${from}"` });
    }
  });

export type IncidentDocument = z.infer<typeof incidentSchema>;
