import { z } from 'zod';
import { secretSchema } from './kafka-schema.js';

const name = z.string().min(1, 'must not be empty');

const longsSchema = z
  .enum(['number', 'text'], { error: 'must be number or text' })
  .optional()
  .describe('What becomes of 64-bit integers; number by default.');

const registrySchema = z.strictObject({
  url: z.url({ error: 'must be the address of a schema registry' }),
  username: name.optional(),
  password: secretSchema.optional(),
});

/** Where the schemas of values in Confluent's wire format are, and what becomes of them. */
export const logSchemasSchema = z.strictObject({
  registry: registrySchema
    .optional()
    .describe('The schema registry; without it the schemas that "eventmend save" kept in the archive.'),
  topics: z.array(name).min(1).optional().describe('Topics whose values are in the wire format; all by default.'),
  longs: longsSchema,
  unknown: z
    .enum(['stop', 'undecodable'], { error: 'must be stop or undecodable' })
    .optional()
    .describe('What happens at a value whose schema is unknown; stop by default.'),
});

/** The same for an output topic, which is written too. */
export const outputSchemasSchema = z.strictObject({
  registry: registrySchema.describe('The schema registry.'),
  longs: longsSchema,
  ids: z
    .record(z.string(), z.int().min(1))
    .optional()
    .describe(
      'The number of the schema that an output is published with, by its name; that of its newest record by default.',
    ),
});

export type OutputSchemasDocument = z.infer<typeof outputSchemasSchema>;
export type LogSchemasDocument = z.infer<typeof logSchemasSchema>;
