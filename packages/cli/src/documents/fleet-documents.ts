import { z } from 'zod';
import { count, documentOf, offset } from './parts.js';
import { runSchema } from './run-document.js';

const groups = z.object({
  events: count,
  keys: count,
  groups: count,
  connected: count,
  largest: z.object({ keys: count, events: count }),
  withoutKeys: count,
});

const range = z.object({
  source: z.string(),
  topic: z.string(),
  incarnation: z.string(),
  partition: count,
  from: offset,
  to: offset,
});

export const fleetPlanDocument = documentOf('fleet plan', {
  folder: z.string(),
  fleetId: z.string(),
  planId: z.string(),
  spread: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('partitions') }),
    z.object({ kind: z.literal('keys'), groups: groups.nullable() }),
  ]),
  tasks: z.array(
    z.object({
      number: count,
      /** Null for a task of keys. */
      lanes: z.array(count).nullable(),
      ranges: z.array(range),
      events: count,
      /** Null where no run of this worker was measured. */
      expectedMs: z.number().nullable(),
      expectedMemoryBytes: z.number().nullable(),
    }),
  ),
});

export const fleetTaskDocument = documentOf('fleet task', {
  folder: z.string(),
  task: count,
  /** `found` where an earlier attempt, or one at the same time, came to the same. */
  as: z.enum(['done', 'found']),
  events: count,
  quarantined: count,
  outputs: count,
  /** Digest of what the task came to: two attempts have the same. */
  result: z.string(),
  ms: z.number(),
  memoryBytes: z.number(),
});

export const fleetVerifyDocument = documentOf('fleet verify', {
  folder: z.string(),
  task: count,
  /** Both of the next two. */
  verified: z.boolean(),
  /** Every row that the task stored is what the task says of it. */
  rows: z.boolean(),
  /** Its states and outputs are those that were derived again. */
  agrees: z.boolean(),
  outputs: count,
  /** Digest of what verifying it came to: two attempts have the same. */
  result: z.string(),
});

export const fleetCollectDocument = documentOf('fleet collect', { tasks: count, run: runSchema });
