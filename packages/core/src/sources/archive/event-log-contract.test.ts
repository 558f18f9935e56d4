import { describe, expect, it } from 'vitest';
import type { LogContent } from '../../testing/event-log-content.js';
import { describeEventLogContract } from '../../testing/event-log-contract.js';
// The built package: the contract opens the log again by its locator, as a thread would.
import { createArchiveWriter, openArchive } from '../../../dist/archive.js';
import { scratchFolder } from '../../testing/scratch-folder.js';

describeEventLogContract({ describe, it, expect }, 'archive', (content: LogContent) => {
  const folder = scratchFolder();
  const path = folder.file('content.archive');
  const writer = createArchiveWriter(path, { source: content.source, id: 'contract' });
  for (const [i, row] of content.rows.entries()) {
    writer.partition(row).append({
      offset: row.offset,
      time: row.time ?? NaN,
      timeType: null,
      key: row.key ?? row.keyBytes,
      headers: row.headers,
      value: row.value,
    });
    if (i % 50 === 49) writer.commit();
  }
  writer.commit();
  writer.close();
  return { log: openArchive(path), dispose: folder.remove };
});
