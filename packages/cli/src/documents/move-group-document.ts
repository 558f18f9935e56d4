import { z } from 'zod';
import { count, documentOf, offset } from './parts.js';

export const moveGroupDocument = documentOf('move-group', {
  runId: z.string(),
  group: z.string(),
  /** The group is put back to `before`. */
  undo: z.boolean(),
  /** False where nothing had to be written, or was. */
  written: z.boolean(),
  steps: z.array(
    z.object({
      topic: z.string(),
      partition: count,
      /** The next offset of the group before it was moved; null where it had committed nothing. */
      before: offset.nullable(),
      /** Where it goes on behind the run. */
      after: offset,
    }),
  ),
});
