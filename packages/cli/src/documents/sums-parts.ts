import { z } from 'zod';
import { count, fidelity } from './parts.js';

/** What measures are likely to come to over all keys, by their history in copies of the states. */
export const plannedSums = z.object({
  at: z.number(),
  copies: count,
  from: z.number(),
  to: z.number(),
  step: z.enum(['hour', 'day', 'week', 'month']),
  fidelity,
  measures: z.array(
    z.object({
      measure: z.string(),
      /** Absent where it is not estimated. */
      estimated: z
        .object({
          estimate: z.number(),
          level: z.number(),
          low: z.number(),
          high: z.number(),
          method: z.string(),
          masks: count,
        })
        .exactOptional(),
      /** Why it is not. */
      refused: z.string().exactOptional(),
      /** What a control total of that moment says; the estimate does not know it. */
      stated: z.number().exactOptional(),
      /** What it came to in the last of the copies, the oldest first; absent in plans of earlier versions. */
      history: z.array(z.object({ time: z.number(), value: z.number() })).exactOptional(),
    }),
  ),
});

export type PlannedSumsJson = z.infer<typeof plannedSums>;
