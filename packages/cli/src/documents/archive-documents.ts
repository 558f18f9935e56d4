import { z } from 'zod';
import { count, documentOf, offset } from './parts.js';

export const archiveImportDocument = documentOf('archive import', {
  archive: z.string(),
  sealed: z.boolean(),
  files: z.array(
    z.object({
      file: z.string(),
      outcome: z.enum(['imported', 'resumed', 'already']),
      rows: count,
      events: count,
      repeated: count,
      sha256: z.string(),
      /** Rows that could not be read and are kept beside the events; absent where all could. */
      damaged: count.optional(),
      falling: count.optional(),
    }),
  ),
});

/** A record that could not be read, and what is kept of it. */
const archivedDamage = z.object({
  kind: z.enum(['unreadable', 'contradiction', 'oversized', 'broken-batch']),
  topic: z.string().nullable(),
  partition: count.nullable(),
  from: offset.nullable(),
  to: offset.nullable(),
  place: z.string(),
  reason: z.string(),
  form: z.enum(['line', 'record-batch', 'value']),
  bytes: count.nullable(),
  sha256: z.string().nullable(),
});

const partition = z.object({
  source: z.string(),
  topic: z.string(),
  incarnation: z.string(),
  partition: count,
  beginning: offset,
  from: offset,
  to: offset,
  events: count,
  firstTime: z.number().nullable(),
  lastTime: z.number().nullable(),
  holes: z.array(
    z.object({
      from: offset,
      to: offset,
      reason: z.enum(['control', 'aborted', 'filtered', 'declared', 'compacted', 'deleted', 'missing', 'damaged']),
    }),
  ),
});

export const archiveInfoDocument = documentOf('archive info', {
  archive: z.object({
    path: z.string(),
    id: z.string(),
    bytes: count,
    source: z.string(),
    sealed: z.boolean(),
    events: count,
    segments: count,
    repeated: count,
    partitions: z.array(partition),
    /** Absent where nothing is damaged. */
    damage: z.array(archivedDamage).optional(),
    imports: z.array(
      z.object({
        file: z.string(),
        state: z.enum(['running', 'finished']),
        sha256: z.string().nullable(),
        events: count,
      }),
    ),
  }),
});

export const archiveVerifyDocument = documentOf('archive verify', {
  archive: z.string(),
  ok: z.boolean(),
  sealed: z.boolean(),
  digest: z.string().nullable(),
  events: count,
  segments: count,
  undecodable: count,
  problems: z.array(z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) })),
});

export const archiveExportDocument = documentOf('archive export', {
  archive: z.string(),
  file: z.string(),
  events: count,
  contradicted: count.optional(),
  damaged: count.optional(),
});

export const archiveRewriteDocument = documentOf('archive rewrite', {
  archive: z.string(),
  into: z.string(),
  events: count,
  bytesBefore: count,
  bytesAfter: count,
});
