import { z } from 'zod';
import { count } from './parts.js';

const range = {
  estimate: z.number(),
  /** By level. */
  low: z.array(z.number()),
  high: z.array(z.number()),
};

/** What a measure comes to over all keys: with so much probability from `low` to `high`. */
export const ensembleSum = z.object({
  measure: z.string(),
  estimate: z.number(),
  level: z.number(),
  low: z.number(),
  high: z.number(),
});

/** What an ensemble was drawn from, and how its measures went. */
export const ensembleBasis = z.object({
  /** The known events, in milliseconds since 1970. */
  history: z.object({ from: z.number(), to: z.number() }),
  gaps: z.array(
    z.object({
      topic: z.string(),
      partition: count,
      from: z.number(),
      to: z.number(),
      events: count,
      donors: count,
      phase: z.enum(['week', 'day', 'any']),
      isBounded: z.boolean(),
    }),
  ),
  gapsInAll: count,
  drawn: count,
  failed: count,
  measures: z.array(
    z.object({
      measure: z.string(),
      /** Each stretch estimated from the others: how far that is off on average. */
      leftOut: z.object({ stretches: count, meanError: z.number() }).nullable(),
      levels: z.array(z.number()),
      /** Over all keys; empty where there are too many to follow. */
      path: z.array(z.object({ time: z.number(), ...range })),
      /** The keys whose range is the widest, then a sample. */
      keys: z.array(z.object({ key: z.string(), ...range, chosenAs: z.enum(['widest', 'sample']) })),
      keysInAll: count,
    }),
  ),
});

export type EnsembleMeasureJson = z.infer<typeof ensembleBasis>['measures'][number];
