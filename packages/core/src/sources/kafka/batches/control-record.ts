import { damagedBatch } from './batch-failures.js';
import { decodeRecords } from './decode-records.js';
import { RecordColumns, keyOf } from './record-columns.js';
import type { RecordBatch } from './record-batch.js';

/** How a transaction ended; `other` for what concerns no transaction of a producer. */
export type ControlRecord = 'abort' | 'commit' | 'other';

/**
 * Reads the marker in a control batch. A batch that holds none, since it is no control batch or since compaction has
 * removed it, is `other`. Throws `corrupt-record-batch` for one that is damaged.
 */
export function decodeControlRecord(batch: RecordBatch): ControlRecord {
  if (!batch.control) return 'other';
  const columns = new RecordColumns();
  if (decodeRecords(batch, columns) === 0) return 'other';
  const key = keyOf(columns, 0);
  // The key is a version and a type, two bytes each. Later versions may only add to it.
  if (key === null || key.length < 4 || key.readInt16BE(0) < 0) {
    throw damagedBatch(batch.baseOffset, 'its control record has no valid key');
  }
  const type = key.readInt16BE(2);
  return type === 0 ? 'abort' : type === 1 ? 'commit' : 'other';
}
