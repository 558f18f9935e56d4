import { z } from 'zod';
import { count, documentOf } from './parts.js';
import { scopeSummary } from './scope-parts.js';

export const exportDocument = documentOf('export', {
  runId: z.string(),
  what: z.enum(['state', 'outputs', 'quarantined']),
  format: z.enum(['ndjson', 'csv', 'sqlite']),
  file: z.string(),
  rows: count,
  /** What the run is limited to, where it is: other keys are in none of its files. */
  scope: scopeSummary.optional(),
});
