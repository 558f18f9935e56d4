import { z } from 'zod';
import { comparison } from './compare-document.js';
import { count, documentOf, event, incident, strategyName, verdict } from './parts.js';

const faults = z.object({ missed: count, twice: count, reordered: count, wrong: count });
const rightAndWrong = z.object({ of: count, wrong: count });
const refusal = z.object({ code: z.string(), message: z.string() });
const breach = z.looseObject({ kind: z.string(), text: z.string() });
/** By name; whole numbers are events or checkpoints, numbers below 1 a share of the events. */
const mix = z.record(z.string(), z.number());
/** Milliseconds since 1970. */
const time = z.number().nullable();

const detection = z.object({
  planted: faults,
  found: count,
  named: count,
  accusations: count,
  falseAlarms: count,
  firstFalse: z.object({ kind: z.string(), event, other: event.nullable() }).nullable(),
  undetermined: count,
  precision: z.number().nullable(),
  recall: z.number().nullable(),
});

const strategy = z.object({
  strategy: strategyName,
  refused: refusal.nullable(),
  runId: z.string().nullable(),
  verdict: verdict.nullable(),
  verified: z.boolean().nullable(),
  keys: rightAndWrong.nullable(),
  exact: rightAndWrong.nullable(),
  outputs: rightAndWrong.nullable(),
  intervals: rightAndWrong.nullable(),
  durationMs: z.number(),
});

const drill = z.object({
  seed: count,
  mix,
  worker: z.object({ name: z.string(), version: z.string(), hash: z.string() }),
  stretch: z.object({ events: count, partitions: count, base: z.string().nullable(), absent: count }),
  error: z.object({ events: count, onset: time, end: time, planted: faults }),
  lost: z.object({ retention: count, hole: count, untimed: count, tainted: count, damaged: count }),
  left: z.object({ checkpoints: count, state: z.boolean(), outputs: z.boolean(), ledger: z.boolean() }),
  live: rightAndWrong.nullable(),
  detection: detection.nullable(),
  diagnosisRefused: refusal.nullable(),
  strategies: z.array(strategy),
  /** Null where every strategy was refused. */
  comparison: comparison.nullable(),
  /** What is outside of the bounds; empty where all is within. */
  breaches: z.array(breach),
  /** Null where the folder was removed. */
  folder: z.string().nullable(),
  /** The command that makes the same drill again. */
  again: z.string(),
});

const pastDrill = z.object({
  at: time,
  seed: count,
  mix,
  worker: z.object({ version: z.string(), hash: z.string() }),
  events: count,
  planted: count,
  found: count.nullable(),
  falseAlarms: count.nullable(),
  live: rightAndWrong.nullable(),
  best: z.object({ strategy: z.string(), keys: rightAndWrong }).nullable(),
  calledExactAndWrong: count,
  durationMs: z.number(),
  breaches: z.array(breach),
});

export const drillDocument = documentOf('drill', {
  incident,
  drills: z.array(drill),
  history: z.array(pastDrill),
});

export type DrillJson = z.input<typeof drill>;
export type PastDrillJson = z.input<typeof pastDrill>;
