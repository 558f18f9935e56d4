import { z } from 'zod';
import { secretSchema } from './kafka-schema.js';

const name = z.string().min(1, 'must not be empty');

/** Where the schemas of values in Confluent's wire format are, and what becomes of them. */
export const logSchemasSchema = z.strictObject({
  registry: z
    .strictObject({
      url: z.url({ error: 'must be the address of a schema registry' }),
      username: name.optional(),
      password: secretSchema.optional(),
    })
    .optional()
    .describe('The schema registry; without it the schemas that "eventmend save" kept in the archive.'),
  topics: z.array(name).min(1).optional().describe('Topics whose values are in the wire format; all by default.'),
  longs: z
    .enum(['number', 'text'], { error: 'must be number or text' })
    .optional()
    .describe('What becomes of 64-bit integers; number by default.'),
  unknown: z
    .enum(['stop', 'undecodable'], { error: 'must be stop or undecodable' })
    .optional()
    .describe('What happens at a value whose schema is unknown; stop by default.'),
});

export type LogSchemasDocument = z.infer<typeof logSchemasSchema>;
