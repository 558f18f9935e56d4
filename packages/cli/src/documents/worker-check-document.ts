import { z } from 'zod';
import { count, documentOf, event, incident, snapshotFinding } from './parts.js';

const seen = z.discriminatedUnion('in', [
  z.object({ in: z.literal('output'), output: z.string(), event }),
  z.object({
    in: z.literal('snapshot'),
    snapshot: z.string(),
    events: z.object({ count, first: event, last: event }).nullable(),
  }),
]);

const field = z.object({
  of: z.string(),
  path: z.string(),
  differing: count,
  compared: count,
  look: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('rounding'), decimals: count }),
    z.object({ kind: z.literal('not-set') }),
    z.object({ kind: z.literal('as-text') }),
    z.object({ kind: z.literal('everywhere') }),
    z.object({ kind: z.literal('whole') }),
    z.object({ kind: z.literal('some') }),
  ]),
  examples: z.array(z.object({ key: z.string(), expected: z.string(), recorded: z.string() })),
});

const outputs = z.object({
  location: z.string(),
  outputs: z.array(
    z.object({
      output: z.string(),
      compared: count,
      agreeing: count,
      differing: count,
      missing: count,
      extra: count,
      undetermined: count,
      repeated: count,
      volatile: z.array(z.string()).optional(),
    }),
  ),
  outside: count,
  nameless: count,
});

const faulty = z.object({
  worker: z.string(),
  reason: z.string().nullable(),
  from: z.string(),
  wrong: count,
  explained: count,
  notExplained: count,
  contradicted: count,
  undetermined: count,
  keys: count,
  first: z.object({ key: z.string(), corrected: z.string(), faulty: z.string(), live: z.string() }).nullable(),
});

export const workerCheckDocument = documentOf('worker check', {
  incident,
  check: z.object({
    worker: z.object({ name: z.string(), version: z.string(), hash: z.string() }),
    verdict: z.enum(['passed', 'mismatch', 'cannot-be-told']),
    reason: z.string(),
    stretch: z.object({
      root: z.string(),
      from: z.number().nullable(),
      until: z.number().nullable(),
      applied: count,
      quarantined: count,
    }),
    snapshots: z.array(snapshotFinding),
    outputs: outputs.nullable(),
    firstDifference: z
      .object({ seen, key: z.string(), path: z.string(), expected: z.string(), recorded: z.string() })
      .nullable(),
    fields: z.array(field),
    wouldAgree: count,
    faulty: faulty.nullable(),
    coverage: z
      .object({
        events: count,
        keys: count,
        types: z.array(z.string()).nullable(),
        blocks: z.object({ ran: count, seen: count }).nullable(),
        notCovered: z.object({
          types: z.array(z.object({ type: z.string(), events: count, keys: count })),
          lines: z.array(z.string()),
          fields: z.array(z.string()),
        }),
        reviewed: z.array(z.string()),
      })
      .nullable(),
  }),
});
