import { z } from 'zod';

export const errorDocument = z.object({
  format_version: z.literal(1),
  command: z.string(),
  error: z.object({
    /** Null for an error that is not documented. */
    code: z.string().nullable(),
    message: z.string(),
    hint: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    exitCode: z.int(),
  }),
  next: z.array(z.string()),
});
