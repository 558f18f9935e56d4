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

const reportChecks = z.object({
  file: z.string(),
  /** Null where the file has no seal. */
  runId: z.string().nullable(),
  isSigned: z.boolean(),
  checks: z.array(
    z.object({ name: z.string(), result: z.enum(['passed', 'failed', 'not-checked']), detail: z.string() }),
  ),
});

export const verifyDocument = documentOf('verify', {
  /** Null with --report. */
  verification: verification.nullable(),
  /** With --report. */
  report: reportChecks.optional(),
});

export type VerificationJson = z.input<typeof verification>;
