import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { readArchiveIndex } from './archive-index.js';
import { damagedRange, readDamage } from './damaged-records.js';
import { readHoles } from './partition-table.js';
import { envelopeLine } from './envelope-line.js';
import { guarded, openArchiveForReading } from './open-archive-database.js';
import { contentOf, segmentsOf } from './read-segments.js';
import { segmentTable } from './segment-table.js';

export interface ExportOptions {
  /** Which partitions, all by default. */
  readonly partitions?: readonly PartitionId[];
}

/** What an export wrote, and what of the archive is not in it. */
export interface ExportedEvents {
  readonly events: number;
  /** Events that the archive holds and something contradicts: they are left out. Absent where there is none. */
  readonly contradicted?: number;
  /**
   * Records that could not be read when the archive was written, of these partitions or of no known place: the archive alone
   * keeps them, contradictions among them. Absent where there is none.
   */
  readonly damaged?: number;
}

/**
 * Writes an archive as NDJSON, one event a line in the form that `importIntoArchive` takes with `form: 'envelope'`,
 * partition by partition in the order of the offsets. Keys and values come back byte by byte; known holes are not
 * written and would come back as `missing`, events that something contradicts are left out and counted. Does not end the stream.
 * @throws RecoveryError `unreadable-archive`, `corrupt-archive-segment`, `archive-version-mismatch`; `interrupted` when
 *   it was stopped.
 */
export async function exportArchive(
  path: string,
  output: Writable,
  options: ExportOptions = {},
  work: LongWork = {},
): Promise<ExportedEvents> {
  const db = openArchiveForReading(path);
  try {
    const wanted = options.partitions === undefined ? null : new Set(options.partitions.map(partitionKey));
    const all = guarded(path, () => readArchiveIndex(db, path).partitions);
    const summaries = all.filter((summary) => wanted === null || wanted.has(partitionKey(summary)));
    const table = segmentTable(db, path);
    const damage = guarded(path, () => readDamage(db));
    const exported = summaries.map((summary) => {
      const stored = damage.length === 0 ? [] : guarded(path, () => readHoles(db, path, summary));
      return { summary, contradicted: new Set(damagedRange(damage, summary, stored).contradicted) };
    });
    const total = exported.reduce((sum, { summary, contradicted }) => sum + summary.events - contradicted.size, 0);
    let events = 0;
    for (const { summary, contradicted } of exported) {
      const rows = segmentsOf(table, path, summary, 0, Infinity);
      for (;;) {
        const step = guarded(path, () => rows.next());
        if (step.done === true) break;
        const content = contentOf(step.value, summary, path);
        let lines = '';
        for (let i = 0; i < content.row.events; i++) {
          if (contradicted.has(content.offsets[i] as number)) continue;
          lines += envelopeLine(summary, content, i) + '\n';
          events++;
        }
        if (!output.write(lines)) await once(output, 'drain');
        work.onProgress?.({ phase: 'export', done: events, total, quarantined: 0 });
        if (work.signal?.aborted === true) throw new RecoveryError('interrupted', 'the export was stopped');
      }
    }
    const names = new Set(summaries.map(partitionKey));
    const contradicted = exported.reduce((sum, partition) => sum + partition.contradicted.size, 0);
    const damaged = damage.filter(({ at }) => at === null || names.has(partitionKey(at))).length;
    return { events, ...(contradicted > 0 && { contradicted }), ...(damaged > 0 && { damaged }) };
  } finally {
    db.close();
  }
}
