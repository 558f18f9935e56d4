import { z } from 'zod';

/** Offsets are texts in JSON: they may be larger than what every reader of JSON keeps. */
export const offset = z.string().regex(/^\d+$/);
export const count = z.int().min(0);
export const event = z.object({ topic: z.string(), partition: count, offset });
export const fidelity = z.enum([
  'exact',
  'declared',
  'external',
  'interpolated',
  'extrapolated',
  'incomplete',
  'unproven',
]);
export const strategyName = z.enum(['log-replay', 'checkpoint', 'estimation']);

export const verdict = z.discriminatedUnion('verdict', [
  z.object({ verdict: z.literal('complete') }),
  z.object({ verdict: z.literal('incomplete'), missing: z.array(z.string()) }),
  z.object({ verdict: z.literal('bounded'), plusMinus: z.string() }),
  z.object({ verdict: z.literal('refused'), reason: z.string() }),
]);

export type VerdictJson = z.input<typeof verdict>;

/** `events` is null where nobody knows how many there were. */
export const loss = z.object({ events: count.nullable(), description: z.string() });

export const incident = z.object({ name: z.string(), digest: z.string(), file: z.string() });

/** A snapshot that was compared with a replay, and what came of it. */
export const snapshotFinding = z.object({
  id: z.string(),
  digest: z.string(),
  takenAt: z.number().nullable(),
  finding: z.enum(['proven', 'declared', 'differs', 'order-not-determined', 'not-comparable', 'not-checked']),
  keysCompared: count,
  keysDiffering: count,
  firstDifference: z.string().nullable(),
  reason: z.string(),
  /** Keys that a hole before it can reach; absent for none. */
  keysReached: count.optional(),
});

/** Every document has these; `next` are commands that make sense now. */
export function documentOf<Command extends string, Shape extends z.ZodRawShape>(command: Command, shape: Shape) {
  return z.object({ format_version: z.literal(1), command: z.literal(command), ...shape, next: z.array(z.string()) });
}
