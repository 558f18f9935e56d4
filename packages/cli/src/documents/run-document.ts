import { z } from 'zod';
import { count, documentOf, fidelity, offset, strategyName, verdict } from './parts.js';
import { scopeSummary } from './scope-parts.js';

const accountColumns = {
  applied: count,
  skipped: z.partialRecord(
    z.enum(['control', 'aborted', 'filtered', 'declared', 'duplicate-id', 'before-baseline', 'out-of-scope']),
    count,
  ),
  quarantined: count,
  unavailable: count,
  repeated: count,
};

const account = z.object({
  source: z.string(),
  topic: z.string(),
  incarnation: z.string(),
  partition: count,
  range: z.object({ from: offset, to: offset }),
  ...accountColumns,
});

const live = z.object({
  compared: z.boolean(),
  reason: z.string().nullable(),
  keys: count,
  differing: count,
  undetermined: count.optional(),
  onlyRecovered: count,
  onlyLive: count,
  firstDifference: z.object({ key: z.string(), recovered: z.string(), live: z.string() }).nullable(),
});

export const runSchema = z.object({
  runId: z.string(),
  planId: z.string(),
  strategy: strategyName,
  status: z.enum(['running', 'interrupted', 'failed', 'recovered', 'verified', 'mismatch']),
  verdict,
  fidelity: z.object({
    overall: fidelity,
    keys: z.partialRecord(fidelity, count),
    /** Keys that rest on estimated events, whatever word they have; absent for none. */
    estimatedKeys: count.optional(),
    directKeys: count,
    carriedKeys: count,
  }),
  /** Absent where the run is about all keys. */
  scope: scopeSummary.optional(),
  accounts: z.array(account),
  totals: z.object({ offsets: count, ...accountColumns }),
  /** Nobody knows how many events there were behind those offsets; absent where that is known. */
  lossUnknown: z.literal(true).optional(),
  /** What was applied of the records of other systems, beside the accounts of the log; absent where there was none. */
  standIns: z.array(account).optional(),
  /** Facts of other systems that were set, and of how many keys; absent where there were none. */
  facts: z.array(z.object({ records: z.string(), facts: count, keys: count })).optional(),
  order: z.object({ missing: count, falling: count, negative: count, unconfirmed: count, equal: count }),
  stateKeys: count,
  stateDigest: z.string(),
  outputs: count,
  outputsDigest: z.string(),
  quarantined: count,
  negativeZeros: count,
  live: live.nullable(),
  /** Keys of the live state that may live in lost events alone, exported as they are there; absent for none. */
  kept: z.object({ keys: count, chosen: count.optional(), sha256: z.string() }).optional(),
  /** The choice between the rebuilt and the live value of the keys that a hole reaches; absent where there was none. */
  candidates: z
    .object({
      reached: count,
      same: count,
      fromLive: count,
      onlyRebuilt: count,
      errorRate: z.object({ wrongKeys: count, events: count }).nullable(),
      expectedWrong: z.object({ rebuilt: z.number(), live: z.number().nullable(), chosen: z.number().nullable() }),
    })
    .optional(),
  notes: z.array(z.string()),
  elapsedMs: z.number(),
  /** What the plan expected; absent where nothing had been measured. */
  expectedMs: z.number().optional(),
  eventsPerSecond: z.number().nullable(),
});

const quarantinedEvent = z.object({
  topic: z.string(),
  partition: count,
  offset,
  keys: z.array(z.string()).nullable(),
  code: z.string(),
  reason: z.string(),
});

const run = { run: runSchema.nullable(), firstQuarantined: z.array(quarantinedEvent) };

export const recoverDocument = documentOf('recover', run);
export const resumeDocument = documentOf('resume', run);
export const runsDocument = documentOf('runs', {
  runs: z.array(runSchema),
  /** Runs that were killed before they could write a report; they can be resumed. */
  unreported: z.array(z.string()),
  removed: z.string().nullable(),
});

export type RunJson = z.input<typeof runSchema>;
export type QuarantinedJson = z.input<typeof quarantinedEvent>;
