import { z } from 'zod';
import { moneySchema } from './money-document.js';
import { count, documentOf } from './parts.js';

const time = z.number();
/** Null where nothing bounds it. */
const bound = z.number().nullable();
const interval = z.object({ level: z.number(), low: bound, high: bound });

/** Null where half of the masks is too few for an interval of the level. */
const held = z.object({ covered: count, of: count }).nullable();

const backtest = z.object({
  selection: count,
  calibration: count,
  independent: count,
  isApart: z.boolean(),
  phase: z.enum(['season', 'day', 'any']),
  baseline: z.string(),
  scores: z.array(
    z.object({
      method: z.string(),
      masks: count,
      meanError: z.number(),
      relativeError: z.number().nullable(),
      rootMeanSquare: z.number(),
      bias: z.number(),
      meanSlotError: z.number(),
    }),
  ),
  /** Intervals made of the earlier half of the masks, held against the later one, and the other way round. */
  coverage: z.array(z.object({ level: z.number(), later: held, earlier: held })),
  /** First slots, in milliseconds since 1970. */
  masks: z.array(time),
});

const data = z.object({
  from: time,
  to: time,
  slots: count,
  season: count,
  known: count,
  missing: count,
  survived: count,
  isNonNegative: z.boolean(),
  outliers: z.array(z.object({ time, value: z.number(), usual: z.number() })),
  resets: z.array(time),
});

const estimated = z.object({
  status: z.literal('estimated'),
  fidelity: z.enum(['interpolated', 'extrapolated']),
  target: z.enum(['total', 'path', 'end']),
  estimate: z.number(),
  intervals: z.array(interval),
  path: z.array(z.object({ from: time, to: time, estimate: z.number(), low: bound, high: bound })),
  bands: z.enum(['each', 'all']),
  method: z.string(),
  backtest,
  assumptions: z.array(z.object({ code: z.string(), ifNot: z.array(z.number()) })),
  data,
});

const refused = z.object({
  status: z.literal('refused'),
  /** Its code and figures, and a sentence; a figure that is endless is null. */
  reason: z.looseObject({ code: z.string(), text: z.string() }),
  helps: z.array(z.looseObject({ kind: z.string() })),
  backtest: backtest.nullable(),
  data,
});

const result = z.discriminatedUnion('status', [estimated, refused]);

export const estimateDocument = documentOf('estimate', {
  subject: z.object({
    file: z.string(),
    value: z.string(),
    by: z.string().nullable(),
    measure: z.enum(['count', 'sum', 'level', 'counter']),
    step: z.enum(['hour', 'day', 'week', 'month']),
    zone: z.string(),
    /** Rows without a value. */
    empty: count,
  }),
  /** Of one series; absent with --by. */
  result: result.optional(),
  /** With totals or another side. */
  money: moneySchema.optional(),
  /** With --by. */
  keys: z.array(z.object({ key: z.string(), result })).optional(),
  sum: z
    .discriminatedUnion('from', [
      z.object({
        from: z.literal('keys'),
        estimate: z.number(),
        intervals: z.array(interval),
        masks: count,
        independent: count,
      }),
      z.object({ from: z.literal('sum'), result }),
    ])
    .optional(),
});
