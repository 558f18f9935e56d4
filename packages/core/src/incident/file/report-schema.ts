import { z } from 'zod';

/** `key`, or a path into states, outputs and values of events: `$.card`, `$.items[*].card`. */
const masked = z
  .string({ error: 'must be a path such as $.card, or key' })
  .regex(/^(?:key|\$(?:\.[^.[\]\s]+|\["[^"]+"\]|\[(?:\*|\d+)\])*)$/, 'must be a path such as $.card or $.items[*].card, or key');

/** What concerns reports of runs, and no result. */
export const reportSchema = z.strictObject({
  mask: z
    .array(masked)
    .min(1)
    .optional()
    .describe(
      'Fields whose values no report shows, in states, outputs and values of events: $.card, $.items[*].card; $ is all of a value, and key the keys.',
    ),
});
