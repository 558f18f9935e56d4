import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { Offset } from '../../model/event/offset.js';
import type { ArchiveEvent } from './archive-event.js';
import { mayHoldColumns } from './archive-format.js';
import { readArchiveIndex, writeArchiveHead, type ArchiveHead } from './archive-index.js';
import { lockedArchive } from './archive-failures.js';
import { committedEvents, type CommittedEvents } from './committed-events.js';
import { draftCommitter } from './commit-draft.js';
import { closeWritten, createArchiveDatabase, guarded, openArchiveForWriting } from './open-archive-database.js';
import { newPartitionSummary, type PartitionSummary } from './partition-summary.js';
import { draftPartition, type DraftingWriter, type PartitionWriter } from './partition-writer.js';
import type { ReadRemoteRow, RemoteRows, SegmentPacker } from './remote-rows.js';
import { contentOf } from './read-segments.js';
import { storedEvent, type SegmentContent } from './segment-content.js';
import { writeDamage, type DamageToKeep } from './damaged-records.js';
import { readProgress, readProgressOf, writeProgress } from './progress-table.js';
import { segmentTable } from './segment-table.js';
import { undoInterruptedWrite } from './undo-interrupted-write.js';

export interface ArchiveWriterOptions {
  /** Name of the original log that the archive is of. May be left out for an old archive, or for events of several logs. */
  readonly source?: string;
  /** What `describe().fingerprint` says of a new archive; by default a random UUID. */
  readonly id?: string;
}

/**
 * Appends to an archive. Nothing is stored until `commit`, which writes everything since the last one, and the progress
 * that goes with it, in one durable transaction.
 */
export interface ArchiveWriter {
  readonly path: string;
  /** About how many bytes and how many events wait for the next commit. */
  readonly pendingBytes: number;
  readonly pendingEvents: number;
  /** `beginning` is the oldest offset that the partition ever had, 0 by default; it counts when the partition is new. */
  partition(id: PartitionId, beginning?: Offset): PartitionWriter;
  /** How far each partition has come, those included that wait for the next commit. */
  reached(): readonly (PartitionId & { readonly next: Offset })[];
  /** Keeps what could not be read, and says where it belongs; a hole there is the caller's to add. */
  addDamage(damage: DamageToKeep): void;
  /** What `setProgress` left under a name, as committed; undefined where there is nothing. */
  progress(name: string): unknown;
  /** The same for all names that begin so, sorted by name. */
  progressOf(prefix: string): readonly unknown[];
  /** Plain JSON to be stored with the next commit: how far an import has come. */
  setProgress(name: string, body: unknown): void;
  /**
   * @throws RecoveryError `locked-by-another-process` when another process has written meanwhile, `disk-write-failed`
   *   when the disk refuses.
   */
  commit(): void;
  /** Gives up what was not committed, and closes the file. */
  close(): void;
}

/** What an import has besides: events may stay in the threads that read them until they are packed. */
export interface ImportWriter extends ArchiveWriter {
  partition(id: PartitionId, beginning?: Offset): DraftingWriter;
  /** Who packs what other threads hold. */
  packWith(packer: SegmentPacker): void;
  /** Takes the rows that wait in other threads into this one; `taken` is told which. */
  fetchRemote(read: ReadRemoteRow, taken: (rows: RemoteRows) => void): void;
  /** Ends all segments that are being gathered, as the next commit will. */
  closeSegments(): void;
  /** What is committed of a partition; null where there is none. */
  committed(id: PartitionId): CommittedEvents | null;
}

/**
 * Opens an archive for appending, or makes a new one.
 * @throws RecoveryError `unreadable-archive`, `archive-version-mismatch`; `operation-not-allowed` when it is sealed;
 *   `invalid-configuration` when it was made for another source.
 */
export function createArchiveWriter(path: string, options: ArchiveWriterOptions): ArchiveWriter {
  return createImportWriter(path, options);
}

/** The same for an import. */
export function createImportWriter(path: string, options: ArchiveWriterOptions): ImportWriter {
  const db = openOrCreate(path, options);
  return guarded(path, () => {
    try {
      return writerOn(db, path, options.source ?? '');
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

function writerOn(db: Database.Database, path: string, source: string): ImportWriter {
  const index = readArchiveIndex(db, path);
  checkMayAppend(index, path, source);
  const head = { id: index.id, source: index.source, sealed: false };
  const summaries = new Map(index.partitions.map((each) => [partitionKey(each), each]));
  const writers = new Map<string, DraftingWriter>();
  const progress = new Map<string, string>();
  let damage: DamageToKeep[] = [];
  const commitDraft = draftCommitter(db);
  const columns = mayHoldColumns(Number(db.pragma('user_version', { simple: true })));
  const stored = storedEvents(db, path);
  let { commits } = index;
  let nextRef = Math.max(0, ...index.partitions.map((each) => each.ref)) + 1;
  let pendingBytes = 0;
  let pendingEvents = 0;
  let failed = false;
  let packer: SegmentPacker = () => {
    throw new Error('nobody packs the rows of other threads');
  };

  function write(): ReadonlyMap<DraftingWriter, PartitionSummary> {
    if (readArchiveIndex(db, path).commits !== commits) throw lockedArchive(path);
    const written = new Map<DraftingWriter, PartitionSummary>();
    for (const writer of writers.values()) {
      const draft = writer.draft();
      if (draft !== null) written.set(writer, commitDraft(draft));
    }
    writeDamage(db, damage);
    for (const [name, body] of progress) writeProgress(db, name, body);
    const all = new Map(summaries);
    for (const summary of written.values()) all.set(partitionKey(summary), summary);
    writeArchiveHead(db, { ...head, commits: commits + 1 }, [...all.values()]);
    return written;
  }

  return {
    path,
    get pendingBytes() {
      return pendingBytes;
    },
    get pendingEvents() {
      return pendingEvents;
    },
    partition(id, beginning = 0) {
      const key = partitionKey(id);
      const known = writers.get(key);
      if (known !== undefined) return known;
      const summary = summaries.get(key) ?? newPartitionSummary(nextRef++, id, beginning);
      const grown = (bytes: number, events: number): void => {
        pendingBytes += bytes;
        pendingEvents += events;
      };
      const writer = draftPartition(summary, stored, grown, columns, (order) => packer(order));
      writers.set(key, writer);
      return writer;
    },
    reached() {
      const all = new Map<string, PartitionId & { readonly next: Offset }>();
      for (const [key, { source: of, topic, incarnation, partition, next }] of summaries) {
        all.set(key, { source: of, topic, incarnation, partition, next });
      }
      for (const [key, { id, next }] of writers) all.set(key, { ...id, next });
      return [...all.values()];
    },
    addDamage(record) {
      damage.push(record);
      pendingBytes += record.raw?.length ?? 0;
      pendingEvents++;
    },
    progress: (name) => readProgress(db, name),
    progressOf: (prefix) => readProgressOf(db, prefix),
    setProgress: (name, body) => void progress.set(name, JSON.stringify(body)),
    commit() {
      if (failed)
        throw new RecoveryError('disk-write-failed', `${path}: an earlier write failed; open the archive again`);
      failed = true;
      const written = guarded(path, () => db.transaction(write).immediate());
      failed = false;
      for (const [writer, summary] of written) {
        writer.settle(summary);
        summaries.set(partitionKey(summary), summary);
      }
      progress.clear();
      damage = [];
      commits++;
      pendingBytes = 0;
      pendingEvents = 0;
    },
    close: () => closeWritten(db),
    packWith(by) {
      packer = by;
    },
    fetchRemote(read, taken) {
      for (const writer of writers.values()) writer.fetchRemote(read, taken);
    },
    closeSegments() {
      for (const writer of writers.values()) writer.closeSegment();
    },
    committed(id) {
      const summary = summaries.get(partitionKey(id));
      return summary === undefined || summary.segments === 0 ? null : committedEvents(db, path, summary);
    },
  };
}

function openOrCreate(path: string, options: ArchiveWriterOptions): Database.Database {
  undoInterruptedWrite(path);
  if (existsSync(path) && statSync(path).size > 0) return openArchiveForWriting(path);
  return createArchiveDatabase(path, options.id ?? randomUUID(), options.source ?? '');
}

function checkMayAppend(head: ArchiveHead, path: string, source: string): void {
  if (head.sealed) {
    throw new RecoveryError('operation-not-allowed', `${path}: the archive is sealed; nothing can be added to it`, {
      hint: 'write to a new archive',
    });
  }
  if (head.source === source || head.source === '' || source === '') return;
  const [there, wanted] = [JSON.stringify(head.source), JSON.stringify(source)];
  throw new RecoveryError('invalid-configuration', `${path} was made for the source ${there}, not ${wanted}`, {
    hint: 'the source is part of every event’s identity: keep the name, or write to another archive',
  });
}

/** Finds stored events again, for repeats; remembers the segment that it looked at last. */
function storedEvents(
  db: Database.Database,
  path: string,
): (summary: PartitionSummary, offset: Offset) => ArchiveEvent | null {
  const table = segmentTable(db, path);
  let last: { readonly ref: number; readonly content: SegmentContent } | null = null;
  return (summary, offset) => {
    const inLast =
      last !== null && last.ref === summary.ref && last.content.row.first <= offset && offset <= last.content.row.last;
    if (!inLast) {
      const row = summary.segments === 0 ? null : guarded(path, () => table.at(summary, offset));
      if (row === null || row.first > offset) return null;
      last = { ref: summary.ref, content: contentOf(row, summary, path) };
    }
    const content = last?.content;
    const index = content?.offsets.indexOf(offset) ?? -1;
    return content === undefined || index < 0 ? null : storedEvent(content, index);
  };
}
