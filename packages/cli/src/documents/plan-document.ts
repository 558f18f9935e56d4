import { z } from 'zod';
import { ensembleBasis, ensembleSum } from './ensemble-parts.js';
import { recoveryChoice } from './choice-parts.js';
import { planScope } from './scope-parts.js';
import { plannedSums } from './sums-parts.js';
import { count, documentOf, fidelity, loss, offset, snapshotFinding, strategyName } from './parts.js';

const expectedKeyLoss = z.object({
  key: z.string(),
  /** How likely the value that is taken is wrong; null where nothing shows how often the live service was. */
  wrong: z.number().nullable(),
  taken: z.enum(['rebuilt', 'live']),
});

const plannedKeyLoss = z.object({
  keys: count,
  /** Keys that lost events have named more likely than not, and of which there is nothing else. */
  refused: count,
  /** The first of these, and the worst of all. */
  refusedKeys: z.array(z.string()),
  worst: z.array(expectedKeyLoss),
  /** All of them, the worst first, one JSON object a line. */
  file: z.string(),
});

const keyScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('keys'), keys: z.array(z.string()) }),
]);

const position = z.array(
  z.object({
    source: z.string().optional(),
    topic: z.string(),
    incarnation: z.string().optional(),
    partition: count,
    next: offset,
    watermark: z.number().nullable().optional(),
    clock: z.number().nullable().optional(),
  }),
);

const baselinePart = z.object({
  scope: keyScope,
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('genesis') }),
    z.object({ kind: z.literal('snapshot'), id: z.string(), digest: z.string() }),
  ]),
  basis: z.enum(['genesis', 'proven', 'declared', 'unproven']),
  position,
  evidence: z.string(),
  /** What the snapshot is said not to hold, by name; absent for nothing. */
  omits: z.record(z.string(), z.string()).optional(),
  /** Why these keys do not begin at that snapshot, as all others do; absent where nothing was said against another state. */
  insteadOf: z.object({ snapshot: z.string(), wrong: count }).optional(),
});

const segment = z.object({
  scope: keyScope,
  source: z.string(),
  topic: z.string(),
  incarnation: z.string(),
  partition: count,
  from: offset,
  to: offset,
  log: count.nullable(),
  as: z.enum(['log', 'archive', 'external', 'fact', 'estimate']),
  events: z.int(),
  fidelity,
  /** Records there cannot be read; absent where they can. */
  damaged: z.literal(true).optional(),
  /** Why no event ever stood there; absent for every other range. */
  declared: z.string().optional(),
  /** Records that are said to have every event stand in for it; absent for every other range. */
  stoodIn: z.literal(true).optional(),
  /** Its last offset stands for as many events as nobody knows; absent where its end is known. */
  openEnd: z.literal(true).optional(),
});

const order = z.discriminatedUnion('by', [
  z.object({ by: z.literal('time'), maxStepMs: z.number() }),
  z.object({ by: z.literal('field'), path: z.string() }),
  z.object({ by: z.literal('recorded'), file: z.string() }),
]);

const targetSpec = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('end') }),
  z.object({ kind: z.literal('time'), time: z.number() }),
  z.object({ kind: z.literal('event'), event: z.string() }),
  z.object({ kind: z.literal('offsets') }),
]);

/** A plan file. */
export const planSchema = z.object({
  format_version: z.literal(1),
  id: z.string(),
  strategy: strategyName,
  incident: z.object({ name: z.string(), digest: z.string() }),
  worker: z.object({
    name: z.string(),
    version: z.string(),
    hash: z.string(),
    locality: z.enum(['partition', 'global']),
    outputs: z.record(z.string(), z.enum(['event', 'latest', 'delta', 'effect'])),
  }),
  order,
  poison: z.enum(['stop', 'quarantine-event', 'quarantine-key']),
  acceptGaps: z.boolean(),
  /** Absent where the recovery is about all keys. */
  scope: planScope.optional(),
  baseline: z.array(baselinePart),
  /** Why the newer of two states is not begun at beside the older one; absent where nothing suggests it. */
  notMixed: z
    .object({
      /** Null for the beginning of the log. */
      older: z.string().nullable(),
      newer: z.string(),
      reason: z.enum(['keys-of-any-partition', 'nothing-told', 'older-is-better', 'too-many-keys']),
    })
    .optional(),
  segments: z.array(segment),
  logs: z.array(z.object({ kind: z.string(), location: z.string(), fingerprint: z.string().nullable() })),
  target: z.object({ spec: targetSpec, position }),
  logEnd: position,
  references: z.record(z.string(), z.object({ location: z.string(), digest: z.string() })),
  snapshots: z.array(snapshotFinding),
  workerCheck: z.object({ checked: z.boolean(), snapshot: z.string().nullable(), reason: z.string() }),
  /** Rows of other systems that stand in for lost events, and what became of the others; absent where none are used. */
  standIns: z
    .array(
      z.object({
        records: z.string(),
        /** Null where no row is used. */
        log: count.nullable(),
        rows: z.object({
          used: count,
          alreadyKnown: count,
          doubtful: count,
          outside: count,
          beforeBaseline: count,
          contradicting: count,
          repeated: count,
          reversals: count,
          otherTypes: count,
        }),
        agreement: z.object({ known: count, agreeing: count }),
        completeFor: z.array(z.string()),
        /** Why no row is used whatever it says; null where rows may be. */
        unusable: z.enum(['clock-shifted', 'amounts-in-other-unit', 'order-recorded']).nullable(),
      }),
    )
    .optional(),
  /**
   * What such rows came to where the events are known: some were hidden, and the states of the keys that rows named were held against those
   * that the events give. Absent where no row stands in, or none could be tried.
   */
  standInTrial: z
    .object({
      /** When the hidden events happened, in milliseconds; null where none has a time. */
      time: z.object({ from: z.number(), until: z.number() }).nullable(),
      /** Hidden events, and rows that stood in for them. */
      events: count,
      rows: count,
      /** How many keys the rows named, each as often as it was named; and how many different ones. */
      namings: count,
      keys: count,
      /** Of these keys: those whose state was that of the events. */
      right: count,
      /** Keys that a hidden event named and no row. */
      bare: count,
    })
    .optional(),
  /** Such rows stand in and were not tried: no known event could be hidden, or the trial came upon an error; see docs/errors.md. */
  untriedStandIns: z
    .union([
      z.object({ reason: z.literal('nothing-known') }),
      z.object({ reason: z.literal('failed'), error: z.string() }),
    ])
    .optional(),
  /** What became of the control totals, a source each; absent where there are none. */
  totals: z
    .array(
      z.object({
        records: z.string().nullable(),
        totals: count,
        held: count,
        agreeing: count,
        atTarget: count,
        unused: count,
      }),
    )
    .optional(),
  /** What other systems say of states, and what becomes of it; absent where none does. */
  facts: z
    .array(
      z.object({
        records: z.string(),
        /** Null where no fact is set. */
        log: count.nullable(),
        rows: z.object({
          used: count,
          agreeing: count,
          differing: count,
          doubtful: count,
          outside: count,
          beforeBaseline: count,
          repeated: count,
          contradicting: count,
          unfit: count,
          disbelieved: count,
        }),
        keys: count,
        agreement: z.object({ known: count, agreeing: count }),
        contradictions: z.array(
          z.object({ key: z.string(), time: z.number(), stated: z.string(), rebuilt: z.string().nullable() }),
        ),
        unusable: z.enum(['disagrees', 'order-not-by-time', 'deduplicates']).nullable(),
      }),
    )
    .optional(),
  /** Estimated events that are applied, and whose they are; absent where there are none. */
  estimates: z
    .object({
      estimator: z.string(),
      log: count,
      events: count,
      /** Where the events are one possibility of many; absent where they are not. */
      ensemble: z
        .object({
          members: count,
          donors: count,
          seed: z.int(),
          sums: z.array(ensembleSum),
          /** How far a measure of a key is expected to be off; absent where nothing can be told of the live state. */
          off: z.array(z.object({ measure: z.string(), keys: count, run: z.number(), live: z.number() })).optional(),
          /** What the sums rest on; absent in plans of earlier versions. */
          basis: ensembleBasis.optional(),
        })
        .optional(),
    })
    .optional(),
  /** What measures are likely to come to over all keys, by their history in copies of the states; absent where a log is left. */
  sums: plannedSums.optional(),
  /** The live state is a candidate beside the rebuilt one; absent where it is none. */
  liveCandidate: z
    .object({
      errorRate: z.object({ wrongKeys: count, events: count }).nullable(),
      lost: count,
      /** How many of the reached keys are expected to be wrong, before any value is compared; null where nothing shows it. */
      expectedWrong: z
        .object({ reached: count, rebuilt: z.number(), live: z.number().nullable(), chosen: z.number().nullable() })
        .optional(),
    })
    .optional(),
  expected: z.object({ events: count, loss }),
  /** What is expected of single keys; absent where no lost event may have named one, or nobody counted. Not part of the id. */
  keyLoss: plannedKeyLoss.optional(),
  measured: z.object({
    eventsPerSecond: z.number().nullable(),
    durationMs: z.number().nullable(),
    proofMs: z.number().nullable(),
    /** By the fastest and the slowest of the last runs, or of the parts of a sample; absent where fewer than two were measured. */
    fastestMs: z.number().optional(),
    slowestMs: z.number().optional(),
    /** By the last runs; absent where none was measured. */
    diskBytes: z.number().optional(),
    memoryBytes: z.number().optional(),
    runs: count.optional(),
    /** Where no run was measured: so many events were replayed to measure the time, and thrown away. */
    sampledEvents: count.optional(),
    /** When the log begins to delete what no other log has, in milliseconds since 1970; absent where it does not. */
    actBefore: z.number().optional(),
  }),
  /** How it was chosen among the strategies; absent where one was named. Not part of the id. */
  choice: recoveryChoice.optional(),
});

export const planDocument = documentOf('plan', { file: z.string().nullable(), plan: planSchema });
