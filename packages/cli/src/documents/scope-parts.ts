import { z } from 'zod';
import { count } from './parts.js';

/** The scope in a plan; see PlanScope. */
export const planScope = z.object({
  request: z.object({ keys: count, where: z.array(z.string()), partitions: z.array(z.string()) }),
  seeds: count,
  keys: z.array(z.string()),
  keysInAll: count,
  events: z.object({ inside: count, outside: count, withoutKeys: count }),
  joined: z.array(z.object({ key: z.string(), through: z.string(), event: z.string() })),
  unknown: z.object({ count, first: z.array(z.string()) }),
});

/** The scope in the report of a run; see ScopeSummary. */
export const scopeSummary = z.object({
  keys: count,
  seeds: count,
  keysInAll: count,
  eventsInside: count,
  eventsOutside: count,
  liveOutside: count.nullable(),
});
