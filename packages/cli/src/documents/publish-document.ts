import { z } from 'zod';
import { count, documentOf, offset } from './parts.js';

const action = z.enum(['send', 'retract']);

export const publishDocument = documentOf('publish', {
  runId: z.string(),
  mode: z.enum(['rebuild', 'corrections']),
  /** What `topic` is: a topic of Kafka, or a table of a database; then `clusterId` names the database. */
  destination: z.enum(['topic', 'table']),
  topic: z.string(),
  clusterId: z.string(),
  /** Begins the id of every publication (header `eventmend-publication`). */
  base: z.string(),
  /** How many records are published in all. */
  rows: count,
  actions: z.object({ send: count, retract: count }),
  /** What is not published, and why. */
  leftAlone: z.object({
    effects: count,
    undeclared: count,
    notRetractable: count,
    unknown: count,
    elsewhere: count,
    superseded: count,
    publishedBefore: count,
  }),
  partitioner: z.enum(['murmur2', 'recorded', 'none']),
  time: z.enum(['publication', 'original']),
  warnings: z.array(z.looseObject({ kind: z.string() })),
  /** The first few; none where they were sealed by an earlier call. */
  first: z.array(
    z.object({
      action,
      output: z.string(),
      key: z.string(),
      value: z.string().nullable(),
      headers: z.array(z.tuple([z.string(), z.string()])),
    }),
  ),
  /** As the topic shows it; null where nothing was sent. */
  published: z
    .object({
      complete: z.boolean(),
      records: count,
      /** Latest values that were left out, since something newer came to stand at their key. */
      dropped: count,
      partitions: z.array(
        z.object({
          partition: count,
          /** Records before it counted as recorded. */
          start: offset,
          rows: count,
          published: count,
          dropped: count,
          digest: z.string(),
          foreign: count,
        }),
      ),
    })
    .nullable(),
});

export type PublishJson = z.input<typeof publishDocument>;
