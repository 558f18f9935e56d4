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

/**
 * Writes an archive as NDJSON, one event a line in the form that `importIntoArchive` takes with `form: 'envelope'`,
 * partition by partition in the order of the offsets. Keys and values come back byte by byte; known holes are not
 * written and would come back as `missing`, events that something contradicts are left out. Does not end the stream.
 * @throws RecoveryError `unreadable-archive`, `corrupt-archive-segment`, `archive-version-mismatch`; `interrupted` when
 *   it was stopped.
 */
export async function exportArchive(
  path: string,
  output: Writable,
  options: ExportOptions = {},
  work: LongWork = {},
): Promise<{ readonly events: number }> {
  const db = openArchiveForReading(path);
  try {
    const wanted = options.partitions === undefined ? null : new Set(options.partitions.map(partitionKey));
    const all = guarded(path, () => readArchiveIndex(db, path).partitions);
    const summaries = all.filter((summary) => wanted === null || wanted.has(partitionKey(summary)));
    const total = summaries.reduce((sum, summary) => sum + summary.events, 0);
    const table = segmentTable(db, path);
    const damage = guarded(path, () => readDamage(db));
    let events = 0;
    for (const summary of summaries) {
      const stored = damage.length === 0 ? [] : guarded(path, () => readHoles(db, path, summary));
      const contradicted = new Set(damagedRange(damage, summary, stored).contradicted);
      const rows = segmentsOf(table, path, summary, 0, Infinity);
      for (;;) {
        const step = guarded(path, () => rows.next());
        if (step.done === true) break;
        const content = contentOf(step.value, summary, path);
        let lines = '';
        for (let i = 0; i < content.row.events; i++) {
          if (contradicted.has(content.offsets[i] as number)) continue;
          lines += envelopeLine(summary, content, i) + '\n';
        }
        events += content.row.events;
        if (!output.write(lines)) await once(output, 'drain');
        work.onProgress?.({ phase: 'export', done: events, total, quarantined: 0 });
        if (work.signal?.aborted === true) throw new RecoveryError('interrupted', 'the export was stopped');
      }
    }
    return { events };
  } finally {
    db.close();
  }
}
