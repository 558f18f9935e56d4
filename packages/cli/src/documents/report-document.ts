import { z } from 'zod';
import { ensembleBasis, ensembleSum } from './ensemble-parts.js';
import { plannedSums } from './sums-parts.js';
import { count, documentOf, event, fidelity, loss, offset, snapshotFinding, strategyName, verdict } from './parts.js';

const time = z.number().nullable();
const standing = z.enum(['same', 'differs', 'not-determined', 'only-recovered', 'only-live', 'not-compared']);
const sha256 = z.string();
/** JSON text of a value, masked; long ones end in an ellipsis. */
const shown = z.string();

const segment = z.object({
  /** The partition, or what stands beside the log. */
  row: z.string(),
  topic: z.string(),
  partition: count,
  from: offset,
  to: offset,
  /** Null for what no log holds. */
  log: count.nullable(),
  as: z.enum(['log', 'archive', 'external', 'fact', 'estimate']),
  events: count,
  fidelity,
  state: z.enum(['held', 'gone', 'damaged', 'declared', 'stood-in']),
  /** When its first and last event happened, in milliseconds; null where that is not known. */
  first: time,
  last: time,
});

const timeline = z.object({
  onset: time,
  end: time,
  deploys: z.array(z.object({ at: z.number(), name: z.string() })),
  snapshots: z.array(snapshotFinding.omit({ firstDifference: true }).extend({ isBaseline: z.boolean() })),
  segments: z.array(segment),
  /** Segments that are not listed. */
  more: count,
});

const diagnosis = z.object({
  /** Null where it was made of this worker and incident. */
  doubt: z.string().nullable(),
  evidence: z.enum(['records', 'states', 'none']),
  summary: z.string(),
  counts: z.record(z.string(), count),
  consequences: count.nullable(),
  undetermined: count,
  onset: z.object({ time: z.number(), evidence: z.string() }).nullable(),
  end: z.object({ time: z.number(), evidence: z.string() }).nullable(),
  patterns: z.array(z.object({ kind: z.string(), text: z.string(), share: z.number(), strength: z.number() })),
  faults: z.array(
    z.object({
      kind: z.string(),
      event,
      time,
      keys: z.array(z.string()),
      other: event.nullable(),
      evidence: z.string(),
    }),
  ),
  /** All faults; `faults` are the first of each kind. */
  faultsInAll: count,
  missing: z.array(z.string()),
});

const cause = z.object({
  kind: z.enum(['baseline', 'range', 'hole', 'quarantine', 'fact']),
  text: z.string(),
  /** Offsets, rows or draws, each a line; the first ones of many. */
  detail: z.array(z.string()),
});

const key = z.object({
  key: z.string(),
  standing,
  fidelity: fidelity.nullable(),
  taken: z.enum(['rebuilt', 'kept', 'chosen']),
  recovered: shown.nullable(),
  live: shown.nullable(),
  rebuilt: shown.nullable(),
  /** Where recovered and live first differ. */
  difference: z.object({ path: z.string(), recovered: shown, live: shown }).nullable(),
  /** Index into `keys.provenances`. */
  provenance: count,
  outputs: z.object({ owed: count, replaced: count, toRetract: count }).nullable(),
  faults: z.array(z.object({ kind: z.string(), event })),
  chosenAs: z.enum(['worst', 'sample']),
});

const keys = z.object({
  inAll: count,
  byFidelity: z.partialRecord(fidelity, count),
  byStanding: z.partialRecord(standing, count),
  /** How the live state compares; in words where it was not compared, or was changed since. */
  live: z.string(),
  listed: z.array(key),
  provenances: z.array(z.array(cause)),
  masked: z.array(z.string()),
});

const estimates = z.object({
  estimator: z.string(),
  events: count,
  ensemble: z
    .object({
      members: count,
      donors: count,
      seed: z.number(),
      sums: z.array(ensembleSum),
      /** Null for plans that kept none of it. */
      basis: ensembleBasis.nullable(),
    })
    .nullable(),
  /** How often intervals held on healthy stretches that were hidden and estimated; null where nobody tried. */
  heldOut: z.object({ stretches: count, level: z.number(), intervals: count, held: count }).nullable(),
});

const outputs = z.object({
  /** Why nothing was compared; null where it was. */
  notCompared: z.string().nullable(),
  intended: count,
  counts: z
    .object({
      recorded: count,
      outsideRun: count,
      done: count,
      owed: count,
      replaced: count,
      toRetract: count,
      superseded: count,
      unknown: count,
      send: count,
      retract: count,
      list: count,
    })
    .nullable(),
  unknown: z.array(z.object({ reason: z.string(), count, first: z.string().nullable() })),
  first: z.array(
    z.object({
      action: z.enum(['send', 'retract', 'list']),
      output: z.string(),
      key: z.string(),
      event,
      time,
      reason: z.string(),
      was: shown.nullable(),
      value: shown.nullable(),
    }),
  ),
});

const publication = z.object({
  mode: z.enum(['rebuild', 'corrections']),
  destination: z.enum(['topic', 'table']),
  /** Of the topic or table. */
  name: z.string(),
  /** Null for a table. */
  clusterId: z.string().nullable(),
  /** Begins the id of every publication (header `eventmend-publication`). */
  base: z.string(),
  /** How many records were sealed, to be published in all. */
  rows: count,
  actions: z.object({ send: count, retract: count }),
  /** Records of chosen keys, which were published first; null where none were chosen. */
  chosen: z.object({ keys: z.array(z.string()), rows: count }).nullable(),
  partitioner: z.enum(['murmur2', 'recorded', 'none']),
  sealedAt: z.number(),
  time: z.enum(['publication', 'original']),
  /** What is not published, and why. */
  leftAlone: z.array(z.string()),
  warnings: z.array(z.string()),
  /** As it stood when it was last read back; null where it never was: what was sent is not known then. */
  readBack: z
    .object({
      complete: z.boolean(),
      published: count,
      /** Left out, since something newer came to stand there. */
      dropped: count,
      partitions: z.array(
        z.object({
          partition: count,
          rows: count,
          published: count,
          dropped: count,
          foreign: count,
          digest: sha256,
        }),
      ),
    })
    .nullable(),
});

const side = z.object({
  /** A strategy, or `live`: what stands if nothing is done. */
  name: z.string(),
  runId: z.string().nullable(),
  isThisRun: z.boolean(),
  verdict: z.string().nullable(),
  keys: count,
  fidelity: z.partialRecord(fidelity, count).nullable(),
  /** Keys that are as the reference has them, and others; of these the ones called exact. Null without a reference. */
  same: count.nullable(),
  other: count.nullable(),
  otherExact: count.nullable(),
  measures: z.array(
    z.object({
      measure: z.string(),
      sum: z.number().nullable(),
      off: z.number().nullable(),
      interval: z
        .object({ level: z.number(), low: z.number(), high: z.number(), holds: z.boolean().nullable() })
        .nullable(),
    }),
  ),
  lost: count.nullable(),
  tookMs: z.number().nullable(),
});
const refused = z.array(z.object({ strategy: strategyName, reason: z.string() }));

const comparison = z.object({
  /** What the recoveries are held against, in words. */
  reference: z.string(),
  isTruth: z.boolean(),
  doubt: z.string().nullable(),
  sides: z.array(side),
  refused,
  /** Healthy stretches that were hidden and recovered. */
  heldOut: z.array(z.object({ name: z.string(), keys: count, sides: z.array(side), refused })),
});

const account = z.object({
  name: z.string(),
  from: offset,
  to: offset,
  offsets: count,
  applied: count,
  skipped: count,
  quarantined: count,
  unavailable: count,
});

const hash = z.object({
  what: z.enum([
    'incident',
    'plan',
    'worker',
    'log',
    'reference',
    'snapshot',
    'live',
    'outputs',
    'ledger',
    'state',
    'intended',
    'kept',
    'verification',
    'diagnosis',
  ]),
  name: z.string(),
  /** Null where nothing names its content: it cannot be checked later. */
  sha256: sha256.nullable(),
});

/** A report of a run as data: what the page and the draft of a post-mortem are made of. */
export const reportSchema = z.object({
  format_version: z.literal(1),
  kind: z.literal('report'),
  made: z.object({ at: z.iso.datetime(), by: z.string() }),
  incident: z.object({ name: z.string(), digest: z.string() }),
  run: z.object({
    runId: z.string(),
    planId: z.string(),
    strategy: strategyName,
    status: z.enum(['running', 'interrupted', 'failed', 'recovered', 'verified', 'mismatch']),
    /** False for a run in the middle, and for one that failed: nothing of it is a result. */
    hasEnded: z.boolean(),
    worker: z.object({ name: z.string(), version: z.string(), check: z.string() }),
    elapsedMs: z.number(),
    eventsPerSecond: z.number().nullable(),
  }),
  /** Verdict and loss, in one sentence. */
  headline: z.string(),
  verdict,
  loss,
  /** What a reader has to know before anything else. */
  warnings: z.array(z.string()),
  timeline,
  diagnosis: diagnosis.nullable(),
  keys: keys.nullable(),
  estimates: estimates.nullable(),
  /** What sums are likely to come to, by copies of the states; absent where a log is left. */
  sums: plannedSums.optional(),
  outputs,
  /** What was published of the run; absent where nothing was. */
  publications: z.array(publication).optional(),
  /** Null where nobody compared strategies. */
  comparison: comparison.nullable(),
  quarantined: z.object({
    inAll: count,
    first: z.array(z.object({ event, keys: z.array(z.string()).nullable(), code: z.string(), reason: z.string() })),
  }),
  accounts: z.object({
    partitions: z.array(account),
    total: account,
    skipped: z.record(z.string(), count),
    repeated: count,
    /** Beside the accounts of the log: rows of other systems, facts, estimates. */
    beside: z.array(account),
    unbalanced: z.array(z.string()),
    /** Nobody knows how many events there were behind those offsets; absent where that is known. */
    lossUnknown: z.literal(true).optional(),
  }),
  verification: z
    .object({
      checks: z.array(
        z.object({ name: z.string(), result: z.enum(['passed', 'failed', 'not-checked']), detail: z.string() }),
      ),
      measures: z.record(z.string(), z.number()),
    })
    .nullable(),
  /** Commands that show the same again. */
  again: z.array(z.object({ command: z.string(), what: z.string() })),
  hashes: z.array(hash),
});

/** What a file of a report says at its end of all that stands before it. */
const sealSchema = z.object({
  format_version: z.literal(1),
  format: z.enum(['html', 'markdown', 'json']),
  runId: z.string(),
  incident: z.string(),
  made: z.object({ at: z.iso.datetime(), by: z.string() }),
  masked: z.array(z.string()),
  /** Of all bytes before the seal. */
  sha256,
  /** Of each member of the report, as canonical JSON. */
  chapters: z.record(z.string(), sha256),
  hashes: z.array(hash),
  /** `key`: SHA-256 of the public key in DER form. */
  signature: z.object({ algorithm: z.literal('ed25519'), key: sha256, value: z.string() }).nullable(),
});

/** The file that `--format json` writes. */
export const reportFileSchema = reportSchema.extend({ seal: sealSchema });

/** What `eventmend report --json` prints. */
export const reportDocument = documentOf('report', {
  runId: z.string(),
  file: z.string(),
  format: z.enum(['html', 'markdown', 'json']),
  bytes: count,
  sha256,
  isSigned: z.boolean(),
  headline: z.string(),
  verdict,
  hasEnded: z.boolean(),
  keysFile: z.object({ file: z.string(), rows: count }).nullable(),
});

export type SealJson = z.infer<typeof sealSchema>;
export type ReportJson = z.infer<typeof reportSchema>;
export type ComparedSide = z.infer<typeof side>;
export type ReportKey = z.infer<typeof key>;
export type ReportCause = z.infer<typeof cause>;
export type ReportHash = z.infer<typeof hash>;
export type ReportSegment = z.infer<typeof segment>;
