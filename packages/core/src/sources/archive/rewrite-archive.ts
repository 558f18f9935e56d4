import { isUtf8 } from 'node:buffer';
import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { beginNewFile } from '../../model/files/new-file.js';
import type { LogHole } from '../../model/log/event-log.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { unreadableArchive } from './archive-failures.js';
import { valueForms } from './archive-format.js';
import { readArchiveIndex } from './archive-index.js';
import { createArchiveWriter, type ArchiveWriter } from './archive-writer.js';
import { damagePrefix, readDamage, readRawBytes } from './damaged-records.js';
import { guarded, openArchiveForReading } from './open-archive-database.js';
import type { PartitionSummary } from './partition-summary.js';
import { readHoles } from './partition-table.js';
import type { PartitionWriter } from './partition-writer.js';
import { readProgressEntries } from './progress-table.js';
import { contentOf, segmentsOf } from './read-segments.js';
import { sealArchive } from './seal-archive.js';
import { storedEvent, type SegmentContent } from './segment-content.js';
import { segmentTable } from './segment-table.js';

/** What a rewriting came to. Sizes are those of the files, in bytes. */
export interface RewrittenArchive {
  readonly events: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

const commitBytes = 32 * 1024 * 1024;

/**
 * Writes all of an archive into a new one in the form that new archives have, which is smaller and read faster: events byte by
 * byte, holes with their reasons, damaged records, where imports stand, id and seal. The old one is only read. A rewriting
 * that was stopped leaves nothing behind.
 * @throws RecoveryError `file-exists` where the new one is there already; `unreadable-archive`, `corrupt-archive-segment`,
 *   `archive-version-mismatch`; `interrupted`
 */
export async function rewriteArchive(path: string, into: string, work: LongWork = {}): Promise<RewrittenArchive> {
  const db = openArchiveForReading(path);
  try {
    const target = beginNewFile(into);
    try {
      const { id, source, sealed, partitions } = guarded(path, () => readArchiveIndex(db, path));
      const writer = createArchiveWriter(target.draft, { id, source });
      const total = partitions.reduce((sum, { events }) => sum + events, 0);
      let events = 0;
      try {
        const table = segmentTable(db, path);
        // In the order in which they were made, so that the numbers by which segments name them stay the same.
        for (const summary of [...partitions].sort((one, other) => one.ref - other.ref)) {
          const copy = new PartitionCopy(
            writer,
            summary,
            guarded(path, () => readHoles(db, path, summary)),
          );
          const rows = segmentsOf(table, path, summary, 0, Infinity);
          for (
            let step = guarded(path, () => rows.next());
            step.done !== true;
            step = guarded(path, () => rows.next())
          ) {
            events += copy.add(contentOf(step.value, summary, path));
            if (writer.pendingBytes > commitBytes) writer.commit();
            work.onProgress?.({ phase: 'rewrite', done: events, total, quarantined: 0 });
            await new Promise((resolve) => setImmediate(resolve));
            if (work.signal?.aborted === true) throw new RecoveryError('interrupted', 'the rewriting was stopped');
          }
          copy.end();
        }
        copyBesides(db, path, writer);
        writer.commit();
      } finally {
        writer.close();
      }
      if (sealed) sealArchive(target.draft);
      target.publish();
      return { events, bytesBefore: statSync(path).size, bytesAfter: statSync(into).size };
    } finally {
      target.discard();
    }
  } finally {
    db.close();
  }
}

/** Damaged records, and where imports stand. @throws RecoveryError `unreadable-archive` */
function copyBesides(db: Database.Database, path: string, writer: ArchiveWriter): void {
  for (const damage of guarded(path, () => readDamage(db))) {
    const raw = readRawBytes(db, damage);
    if (damage.raw !== null && raw === null) {
      throw unreadableArchive(
        path,
        `damaged: the bytes of damaged record ${damage.number} are not those that were kept`,
      );
    }
    const { number: _, ...known } = damage;
    writer.addDamage({ ...known, raw });
  }
  for (const [name, body] of guarded(path, () => readProgressEntries(db)))
    if (!name.startsWith(damagePrefix)) writer.setProgress(name, JSON.parse(body));
}

/** Events and holes of one partition, in the order of their offsets. */
class PartitionCopy {
  readonly #writer: PartitionWriter;
  readonly #holes: readonly LogHole[];
  #hole = 0;

  constructor(writer: ArchiveWriter, summary: PartitionSummary, holes: readonly LogHole[]) {
    this.#writer = writer.partition(summary, summary.beginning);
    this.#writer.countRepeated(summary.repeated);
    this.#holes = holes;
  }

  /** Gives the number of events. */
  add(content: SegmentContent): number {
    const { events, valueForm } = content.row;
    for (let index = 0; index < events; index++) {
      const event = storedEvent(content, index);
      this.#addHolesBefore(event.offset);
      const { value } = event;
      const isText = value !== null && (valueForm !== valueForms.bytes || isUtf8(value as Uint8Array));
      const text = isText ? Buffer.from(value as Uint8Array).toString('utf8') : value;
      if (valueForm === valueForms.bytes) this.#writer.append({ ...event, value: text });
      else this.#writer.appendParsed({ ...event, value: text });
    }
    return events;
  }

  end(): void {
    this.#addHolesBefore(Infinity);
  }

  #addHolesBefore(offset: number): void {
    for (let hole = this.#holes[this.#hole]; hole !== undefined && hole.from < offset; hole = this.#holes[this.#hole]) {
      this.#writer.addHole(hole);
      this.#hole++;
    }
  }
}
