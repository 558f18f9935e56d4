import { z } from 'zod';
import { count, fidelity, strategyName } from './parts.js';

const limits = z.object({
  /** Events, or a share of the events that the recovery needs. */
  maxLoss: z.union([z.object({ events: count }), z.object({ share: z.number() })]).optional(),
  deadlineMs: z.number().optional(),
  minFidelity: fidelity.optional(),
});

const figures = z.object({
  /** Null where nothing shows it. */
  expectedWrongKeys: z.number().nullable(),
  liveWrongKeys: z.number().nullable(),
  /** Every measure of the live state is expected to be nearer to what is right than that of the estimate; absent where not. */
  isLiveNearer: z.literal(true).optional(),
  /** Of a key that lost events may have named, the live value is kept where it is more likely right. */
  keepsLive: z.boolean(),
  replayedEvents: count,
  /** Null where nobody knows how many events there were. */
  neededEvents: count.nullable(),
  lostEvents: count.nullable(),
  fidelity,
  durationMs: z.number().nullable(),
  slowestMs: z.number().nullable(),
});

const brokenLimit = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('max-loss'), limit: limits.shape.maxLoss.unwrap(), value: count.nullable() }),
  z.object({ kind: z.literal('deadline'), limit: z.number(), value: z.number().nullable() }),
  z.object({ kind: z.literal('min-fidelity'), limit: fidelity, value: fidelity }),
]);

const weighed = z.discriminatedUnion('outcome', [
  z.object({
    strategy: strategyName,
    outcome: z.enum(['chosen', 'second', 'worse-than-live']),
    figures,
    broken: z.array(brokenLimit),
  }),
  z.object({
    strategy: strategyName,
    outcome: z.literal('refused'),
    error: z.object({ code: z.string(), message: z.string() }),
  }),
  z.object({ strategy: strategyName, outcome: z.literal('gaps-not-accepted'), lostEvents: count.nullable() }),
  z.object({
    strategy: strategyName,
    outcome: z.literal('not-asked'),
    reason: z.enum(['nothing-lost', 'better-known', 'loss-accepted']),
  }),
]);

/** How a plan came to be chosen, and what it was weighed against. */
export const recoveryChoice = z.object({
  reason: z.enum([
    'nothing-lost',
    'only-plan',
    'limits',
    'expected-wrong-keys',
    'keeps-live',
    'lost-events',
    'fidelity',
    'replayed-events',
    'tier',
  ]),
  limits,
  weighed: z.array(weighed),
  live: z.object({ expectedWrongKeys: z.number().nullable() }),
});
