import { conformanceCheckNames } from '@eventmend/core/engine';
import { z } from 'zod';
import { count, documentOf } from './parts.js';

export const conformanceDocument = documentOf('worker conformance', {
  process: z.array(z.string()).min(1),
  file: z.string().nullable(),
  conforms: z.boolean(),
  worker: z.object({ name: z.string(), version: z.string() }).nullable(),
  events: z.object({ from: z.enum(['made-up', 'given']), handled: count }),
  checks: z.array(
    z.object({
      name: z.enum(conformanceCheckNames),
      expected: z.string(),
      result: z.enum(['passed', 'failed', 'not-checked']),
      got: z.string(),
    }),
  ),
});
