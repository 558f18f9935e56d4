import { z } from 'zod';
import { count, documentOf, fidelity, offset, strategyName, verdict } from './parts.js';

const number = z.number().nullable();

const subject = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run'),
    runId: z.string(),
    strategy: strategyName,
    status: z.enum(['running', 'interrupted', 'failed', 'recovered', 'verified', 'mismatch']),
    verdict,
  }),
  z.object({ kind: z.literal('live'), location: z.string() }),
]);

const measure = z.object({
  measure: z.string(),
  sum: number,
  reference: number,
  off: number,
  offByKey: number,
  interval: z
    .object({ level: z.number(), low: z.number(), high: z.number(), holds: z.boolean().nullable() })
    .optional(),
});

const recovery = z.object({
  subject,
  keys: count,
  /** Keys by how good their values are called; null for the live state. */
  fidelity: z.partialRecord(fidelity, count).nullable(),
  /** Null without a reference, or where this cannot be held against it. */
  states: z
    .object({
      same: count,
      differing: count,
      missing: count,
      surplus: count,
      undetermined: count,
      /** Of those that differ, are missing or surplus, by what they are called: any `exact` is the worst there is. */
      wrongAs: z.partialRecord(fidelity, count),
    })
    .nullable(),
  outputs: z.object({ same: count, differing: count, missing: count, surplus: count, besideLog: count }).nullable(),
  measures: z.array(measure),
  wrongKeys: z.array(
    z.object({
      key: z.string(),
      finding: z.enum(['differs', 'missing', 'surplus', 'undetermined']),
      fidelity: fidelity.nullable(),
      recovered: z.string().nullable(),
      reference: z.string().nullable(),
    }),
  ),
  loss: z
    .object({
      unavailable: count,
      quarantined: count,
      stoodIn: count,
      directKeys: count,
      carriedKeys: count,
      /** Null where nobody knows how many are lost. */
      expected: count.nullable(),
    })
    .nullable(),
  time: z.object({ elapsedMs: z.number(), expectedMs: number, applied: count, expectedEvents: count }).nullable(),
  /** Why the live state cannot be compared. */
  doubt: z.string().nullable(),
});

const refused = z.array(
  z.object({ strategy: strategyName, error: z.object({ code: z.string(), message: z.string() }) }),
);

export const comparison = z.object({
  format_version: z.literal(1),
  incident: z.object({ name: z.string(), digest: z.string() }),
  worker: z.object({ name: z.string(), version: z.string(), hash: z.string().optional() }),
  reference: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('none') }),
    z.object({ kind: z.literal('truth'), location: z.string(), outputs: z.string().nullable() }),
    z.object({ kind: z.literal('run'), runId: z.string(), strategy: strategyName }),
    z.object({ kind: z.literal('live'), location: z.string() }),
  ]),
  target: z.array(z.object({ topic: z.string(), partition: count, next: offset })),
  /** Keys that are in the scope of all runs, where one is limited to some; null for all keys. */
  limitedTo: count.nullable(),
  keys: count,
  recoveries: z.array(recovery),
  refused,
  leftOut: z.array(
    z.object({
      runId: z.string(),
      reason: z.enum(['not-ended', 'another-incident', 'another-worker', 'limited-to-keys']),
    }),
  ),
  /** Healthy stretches that were hidden and recovered; absent where none was. */
  heldOut: z
    .array(
      z.object({
        name: z.string(),
        /** Of the drill that made it. */
        seed: count,
        /** Since and until when events were handled wrongly there, in milliseconds since 1970. */
        onset: number,
        end: number,
        keys: count,
        recoveries: z.array(recovery),
        refused,
      }),
    )
    .optional(),
});

export const compareDocument = documentOf('compare', {
  comparison,
  exported: z.object({ file: z.string(), format: z.enum(['ndjson', 'csv', 'sqlite']), rows: count }).nullable(),
});

export type ComparedRecoveryJson = z.input<typeof recovery>;
export type ComparisonJson = z.input<typeof comparison>;
