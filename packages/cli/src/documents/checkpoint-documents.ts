import { z } from 'zod';
import { count, documentOf, offset } from './parts.js';

const line = z.object({
  kind: z.literal('bad-row'),
  line: count,
  key: z.string().nullable(),
  reason: z.enum(['not-json', 'not-a-row', 'hash-differs']),
});

const problem = z.discriminatedUnion('kind', [
  line,
  z.object({ kind: z.literal('no-header'), reason: z.string() }),
  z.object({ kind: z.literal('keys-do-not-rise'), line: count, key: z.string() }),
  z.object({ kind: z.literal('cut'), lines: count.nullable() }),
  z.object({ kind: z.literal('rows-differ'), rows: count, said: z.number().nullable() }),
  z.object({ kind: z.enum(['content-differs', 'states-differ']) }),
  z.object({ kind: z.literal('other-name'), name: z.string() }),
  z.object({ kind: z.literal('behind-the-end'), line: count }),
  z.object({ kind: z.enum(['base-missing', 'base-damaged']), base: z.string() }),
]);

const position = z.array(
  z.object({
    source: z.string(),
    topic: z.string(),
    incarnation: z.string(),
    partition: count,
    next: offset,
    watermark: z.number().nullable(),
  }),
);

const earlier = z.object({ id: z.string(), sha256: z.string() });

/** What the header of a checkpoint says; all null where it has none. */
const checkpoint = z.object({
  id: z.string(),
  file: z.string(),
  bytes: count,
  takenAt: z.string().nullable(),
  worker: z.string().nullable(),
  workerHash: z.string().nullable(),
  stateVersion: count.nullable(),
  base: earlier.nullable(),
  previous: earlier.nullable(),
  keys: count.nullable(),
  rows: count,
  events: count.nullable(),
  commit: count.nullable(),
  position: position.nullable(),
  omits: z.record(z.string(), z.string()).nullable(),
  sha256: z.string().nullable(),
  problem: problem.nullable(),
  proven: z.object({ by: z.string() }).nullable(),
});

const folder = {
  folder: z.string(),
  checkpoints: z.array(checkpoint),
  breaks: z.array(
    z.object({
      kind: z.enum(['missing', 'another', 'newest-missing', 'newest-differs']),
      checkpoint: z.string(),
      previous: z.string().nullable(),
    }),
  ),
  head: z.enum(['agrees', 'absent', 'unreadable', 'differs']),
  store: z
    .object({
      commits: count.nullable(),
      events: count.nullable(),
      position,
      problem: z.object({ code: z.string(), message: z.string() }).nullable(),
    })
    .nullable(),
};

export const checkpointListDocument = documentOf('checkpoint list', folder);
export const checkpointVerifyDocument = documentOf('checkpoint verify', {
  ...folder,
  ok: z.boolean(),
  newestWhole: z.string().nullable(),
});
export const checkpointShowDocument = documentOf('checkpoint show', {
  checkpoint,
  /** Null where no key was asked for, or the checkpoint has nothing of it. */
  key: z
    .object({
      key: z.string(),
      /** Null with `deleted`, where the key has no state. */
      state: z.unknown(),
      deleted: z.boolean(),
      events: count,
      last: z.object({ topic: z.string(), partition: count, offset }).nullable(),
    })
    .nullable(),
});
export const checkpointDiffDocument = documentOf('checkpoint diff', {
  from: z.string(),
  to: z.string(),
  added: count,
  removed: count,
  changed: count,
  touched: count,
  same: count,
  examples: z.array(
    z.object({
      key: z.string(),
      kind: z.enum(['added', 'removed', 'changed']),
      before: z.unknown(),
      after: z.unknown(),
      path: z.string().nullable(),
      events: z.int(),
    }),
  ),
});
export const checkpointPruneDocument = documentOf('checkpoint prune', {
  folder: z.string(),
  applied: z.boolean(),
  removed: z.array(z.string()),
  bytes: count,
  damaged: z.array(z.string()),
});
export const checkpointRestoreDocument = documentOf('checkpoint restore', {
  checkpoint: z.string(),
  folder: z.string(),
  keys: count,
  position,
  omits: z.record(z.string(), z.string()),
});
