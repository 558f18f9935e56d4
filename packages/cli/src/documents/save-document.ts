import { z } from 'zod';
import { count, documentOf, offset } from './parts.js';

export const saveDocument = documentOf('save', {
  archive: z.string(),
  cluster: z.string(),
  digest: z.string(),
  stopped: z.boolean(),
  missingSchemas: z.array(count),
  topics: z.array(
    z.object({
      name: z.string(),
      id: z.string(),
      partitions: count,
      settings: z.record(z.string(), z.string()).nullable(),
    }),
  ),
  partitions: z.array(
    z.object({
      topic: z.string(),
      topicId: z.string(),
      partition: count,
      to: offset,
      events: count,
      lost: count,
      /** Offsets whose records could not be read; absent for none. */
      damaged: count.optional(),
      oldestInKafka: offset,
      /** Older than what Kafka keeps, within a day. */
      dueWithinADay: offset.nullable(),
      keptUntil: z.object({ time: z.number().nullable(), by: z.string() }).nullable(),
    }),
  ),
  groups: z.array(
    z.object({
      group: z.string(),
      reason: z.string().nullable(),
      offsets: z.array(z.object({ topic: z.string(), partition: count, next: offset })).nullable(),
    }),
  ),
});
