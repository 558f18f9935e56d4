import { z } from 'zod';
import { count } from './parts.js';

/** Digits with a point: a JSON number would lose some. */
const amount = z.string().regex(/^-?\d+(\.\d+)?$/);
const time = z.number();

const bridge = z.array(
  z.object({
    kind: z.enum([
      ...['opening', 'matched', 'difference', 'timing', 'fees', 'only-theirs', 'only-ours'],
      ...['survived', 'missing', 'residual', 'closing'],
    ] as [string, ...string[]]),
    amount,
    bookings: count,
  }),
);

const booking = z.object({
  id: z.string().nullable(),
  key: z.string().nullable(),
  time,
  type: z.string().nullable(),
  amount,
});

const unusable = z.looseObject({ code: z.string() });
const period = { name: z.string(), of: z.string(), from: time, to: time, total: amount };

const totals = z.object({
  /** Of the whole gap. */
  amount: z.discriminatedUnion('status', [
    z.object({ status: z.literal('exact'), amount, of: z.array(z.string()) }),
    z.object({ status: z.literal('bounded'), low: amount, high: amount, of: z.array(z.string()) }),
    z.object({ status: z.literal('contradicting') }),
    z.object({ status: z.literal('unknown') }),
  ]),
  /** Totals that cannot hold together; empty where all can. */
  contradiction: z.array(z.string()),
  check: z.object({
    outcome: z.enum(['holds', 'constant-residual', 'varying-residual', 'unchecked']),
    periods: z.array(z.object({ name: z.string(), total: amount, computed: amount, residual: amount })),
    smallest: amount.nullable(),
    largest: amount.nullable(),
  }),
  periods: z.array(
    z.discriminatedUnion('status', [
      z.object({ ...period, status: z.literal('exact'), missing: amount, bridge }),
      z.object({ ...period, status: z.literal('bounded'), low: amount, high: amount, bridge }),
      z.object({ ...period, status: z.literal('refused'), reason: z.object({ code: z.string() }), bridge }),
      z.object({ ...period, status: z.literal('unusable'), reason: unusable }),
    ]),
  ),
  unused: z.array(z.object({ name: z.string(), of: z.string(), reason: unusable })),
  survived: count,
  repeated: count,
  holding: z.number().nullable(),
  fitted: z.array(z.object({ from: time, to: time, estimate: z.number() })).nullable(),
});

const against = z.object({
  file: z.string().nullable(),
  from: time,
  to: time,
  isClosingKnown: z.boolean(),
  theirs: bridge,
  ours: bridge,
  ofGap: z.object({ amount, bookings: z.array(booking) }),
  onlyTheirs: z.array(booking),
  onlyOurs: z.array(booking),
  residual: amount,
  repeated: count,
});

/** What totals and the books of another side say of a gap, exactly. */
export const moneySchema = z.object({ currency: z.string(), totals: totals.optional(), against: against.optional() });
