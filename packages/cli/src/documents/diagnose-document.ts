import { z } from 'zod';
import { count, documentOf, event, incident } from './parts.js';

const kind = z.enum(['missed', 'twice', 'out-of-order', 'wrong', 'not-sent', 'sent-twice']);
const difference = z.object({
  output: z.string().nullable(),
  key: z.string(),
  path: z.string(),
  expected: z.string(),
  recorded: z.string(),
});
const fault = z.object({
  kind,
  event,
  time: z.number().nullable(),
  keys: z.array(z.string()),
  other: event.nullable(),
  evidence: z.string(),
  difference: difference.nullable(),
});
const undetermined = z.object({
  event: event.nullable(),
  key: z.string().nullable(),
  suspicion: z.union([kind, z.literal('any')]),
  reason: z.string(),
  missing: z.string(),
});
const moment = z.object({ time: z.number(), evidence: z.string() }).nullable();
const counts = z.record(kind, count);

export const diagnoseDocument = documentOf('diagnose', {
  incident,
  evidence: z.enum(['records', 'states', 'none']),
  records: z.array(z.string()),
  scope: z.object({ keys: count, of: count }).nullable(),
  start: z.string(),
  workerChecked: z.boolean(),
  /** Why the faults may be the worker's own; null where nothing speaks for that. */
  doubt: z.string().nullable(),
  events: count.nullable(),
  handlings: count.nullable(),
  /** Outputs that differ because of an earlier fault, although their own event was handled rightly. */
  consequences: count.nullable(),
  orderNotDetermined: count.nullable(),
  counts,
  undetermined: count,
  first: fault.nullable(),
  onset: moment,
  end: moment,
  patterns: z.array(
    z.object({
      kind: z.union([kind, z.literal('all')]),
      property: z.string(),
      faults: count,
      ofFaults: count,
      shareOfEvents: z.number(),
      strength: z.number(),
    }),
  ),
  live: z
    .object({
      keys: count,
      wrong: count,
      reproduced: count,
      approximate: count,
      unexplained: count,
      /** Keys that are not the replay's and may be right: by another permissible order, or by what nobody knows. */
      orderNotDetermined: count,
      notKnown: count,
    })
    .nullable(),
  explanations: z.array(z.string()),
  orderSensitive: z
    .object({ independent: count, sameInSamples: count, sensitive: count, members: count, seed: count })
    .nullable(),
  examples: z.array(fault),
  firstUndetermined: z.array(undetermined),
  missing: z.array(z.string()),
  /** Where all faults stand, a line each. */
  faultsFile: z.string(),
  exported: z.object({ file: z.string(), rows: count }).nullable(),
});
