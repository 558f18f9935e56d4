import { z } from 'zod';
import { mappingSchema } from '@eventmend/core/incident';
import { count, documentOf } from './parts.js';

export const initDocument = documentOf('init', {
  folder: z.string(),
  files: z.array(z.string()),
  inspected: z.object({ file: z.string(), rows: count, mapping: mappingSchema }).nullable(),
});
