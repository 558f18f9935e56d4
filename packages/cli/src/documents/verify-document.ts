import { z } from 'zod';
import { documentOf, verdict } from './parts.js';

const verification = z.object({
  runId: z.string(),
  verdict,
  checks: z.array(
    z.object({ name: z.string(), result: z.enum(['passed', 'failed', 'not-checked']), detail: z.string() }),
  ),
  measures: z.record(z.string(), z.number()),
});

export const verifyDocument = documentOf('verify', { verification });

export type VerificationJson = z.input<typeof verification>;
