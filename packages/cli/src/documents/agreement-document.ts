import { z } from 'zod';

const count = z.int().min(0);
const fraction = z.number().min(0).max(1).nullable();

const counts = {
  /** Of the known events, those that the records have and do not contradict; null where nothing was compared. */
  agreement: fraction,
  /** The most that it can be: with doubtful events, and ambiguous ones that have a record in any case. */
  agreementAtMost: fraction,
  known: count,
  matched: count,
  doubtful: count,
  differing: count,
  outsideTolerance: count,
  missing: count,
  ambiguousEvents: count,
  ambiguousPairs: count,
  ambiguousRecords: count,
  onlyInRecords: count,
  notComparable: count,
  twice: count,
  contradicting: count,
  outsidePeriod: count,
  repeatedEvents: count,
};

/** Times and differences in milliseconds. */
export const agreementPart = z.object({
  ...counts,
  records: count,
  events: count,
  otherTypes: count,
  reversals: count,
  reversalsWithoutRecord: count,
  period: z.object({ from: z.number(), until: z.number() }).nullable(),
  classes: z.array(z.object({ type: z.string().nullable(), month: z.string().nullable(), ...counts })),
  lateness: z
    .object({
      pairs: count,
      least: z.number(),
      p5: z.number(),
      median: z.number(),
      p95: z.number(),
      most: z.number(),
    })
    .nullable(),
  clockShifts: z.array(z.object({ month: z.string(), hours: z.int(), pairs: count })),
  amountFactor: z.object({ factor: z.string(), pairs: count }).nullable(),
  eventsWithout: z.object({ id: count, key: count, time: count, amount: count }),
  undecodable: count,
});
