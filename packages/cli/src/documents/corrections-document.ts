import { z } from 'zod';
import { count, documentOf, offset } from './parts.js';

const event = z.object({ topic: z.string(), partition: z.int(), offset });
/** A value in a box; null where there is none. */
const boxed = z.object({ value: z.unknown() }).nullable();
const unknownReason = z.enum([
  'outside-recorded-stretch',
  'order-not-determined',
  'ambiguous',
  'contradiction',
  'event-unknown',
  'event-not-replayed',
  'incomplete-state',
  'order-of-records',
]);

const correctionCounts = z.object({
  intended: count,
  recorded: count,
  outsideRun: count,
  done: count,
  owed: count,
  replaced: count,
  toRetract: count,
  superseded: count,
  unknown: z.record(unknownReason, count),
  actions: z.object({ send: count, retract: count, list: count }),
});

const correction = z.object({
  id: z.string(),
  action: z.enum(['send', 'retract', 'list']),
  output: z.string(),
  kind: z.enum(['event', 'latest', 'delta', 'effect', 'undeclared']),
  key: z.string(),
  value: z.unknown(),
  event,
  time: z.number().nullable(),
  ordinal: count,
  semanticId: z.string(),
  replaces: boxed,
  /** What should have been recorded; null for an output that should not have been. */
  intended: boxed,
  reason: z.string(),
  listedBecause: z.enum(['effect', 'undeclared', 'not-retractable']).nullable(),
});

export const correctionsDocument = documentOf('corrections', {
  runId: z.string(),
  /** False for a run that was not verified: what it intends is then not proven either. */
  verified: z.boolean(),
  recordedAt: z.string(),
  counts: correctionCounts,
  /** The first of each reason. */
  unknown: z.array(
    z.object({ reason: unknownReason, output: z.string(), key: z.string().nullable(), event: event.nullable() }),
  ),
  /** Keys with the most corrections first: all that are shown. */
  keys: z.array(
    z.object({
      key: z.string(),
      owed: count,
      replaced: count,
      toRetract: count,
      firstTime: z.number().nullable(),
      last: z.object({ output: z.string(), event, before: boxed, after: boxed }),
    }),
  ),
  /** How many keys have corrections. */
  keysWithCorrections: count,
  /** The first few; all of them are written with --out. */
  first: z.array(correction),
  exported: z
    .object({
      file: z.string(),
      format: z.enum(['ndjson', 'csv', 'sqlite']),
      rows: count,
      /** Of the rows that were written; `counts` speaks of all. */
      actions: z.object({ send: count, retract: count, list: count }),
    })
    .nullable(),
});

export type CorrectionsJson = z.input<typeof correctionsDocument>;
