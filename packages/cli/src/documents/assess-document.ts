import { z } from 'zod';
import { documentOf, incident, loss, strategyName } from './parts.js';

const resource = z.object({
  name: z.string(),
  state: z.enum(['found', 'partial', 'missing', 'damaged']),
  from: z.string(),
  to: z.string(),
  notes: z.string(),
});

const assessment = z.object({
  strategy: strategyName,
  feasible: z.boolean(),
  reason: z.string().nullable(),
  bringsBack: z.string(),
  /** So many keys of the newest snapshot would begin at each of some older states, null for the beginning of the log; absent where none would. */
  olderKeys: z.array(z.object({ newest: z.string(), older: z.string().nullable(), wrong: z.int() })).optional(),
  expectedLoss: loss,
  expectedDurationMs: z.number().nullable(),
  actBefore: z.number().nullable(),
  resources: z.array(resource),
  workerCheck: z.string(),
  warnings: z.array(z.string()),
  /** When all events were read for it, in milliseconds since 1970; absent where that was not needed, or is just done. */
  recordedAt: z.number().optional(),
});

export const assessDocument = documentOf('assess', {
  incident,
  assessments: z.array(assessment),
  /** The strategy that promises most; null where none is possible. */
  best: strategyName.nullable(),
  /** How wrong the live state is, as the last run shows that was compared with it; null where none was. */
  live: z.object({ runId: z.string(), keys: z.int(), differing: z.int() }).nullable(),
});

export type AssessmentJson = z.input<typeof assessment>;
