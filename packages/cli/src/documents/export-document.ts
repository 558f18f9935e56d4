import { z } from 'zod';
import { count, documentOf } from './parts.js';

export const exportDocument = documentOf('export', {
  runId: z.string(),
  what: z.enum(['state', 'outputs', 'quarantined']),
  format: z.enum(['ndjson', 'csv', 'sqlite']),
  file: z.string(),
  rows: count,
});
