import { createHash } from 'node:crypto';
import { openByteChunks } from '../../rows/byte-chunks.js';
import type { RowSource } from '../../rows/row-source.js';
import { sameFile } from '../../rows/shared-events.js';
import type { ImportProgress } from './import-progress.js';

/**
 * Refuses the content of an earlier file under another compression: where events say neither when nor which they are, only all
 * of them together show it.
 * @param sha256 of the file as it is stored
 * @returns SHA-256 in hex of the content where it is compressed; else null
 * @throws RecoveryError `offsets-out-of-order`
 */
export async function refuseSameContent(
  rows: RowSource,
  sha256: () => Promise<string>,
  earlier: readonly ImportProgress[],
): Promise<string | null> {
  const content = rows.compression === 'none' ? null : await hashContent(rows);
  if (content === null && earlier.every((progress) => progress.content === undefined)) return null;
  const hash = content ?? (await sha256());
  const same = earlier.find(
    (progress) => progress.state === 'finished' && (progress.content ?? progress.sha256) === hash,
  );
  if (same !== undefined) throw sameFile(rows.file, same.file);
  return content;
}

async function hashContent({ file, compression }: RowSource): Promise<string> {
  const hash = createHash('sha256');
  const chunks = openByteChunks(file, compression, 0);
  try {
    for (let chunk = await chunks.next(); chunk !== null; chunk = await chunks.next()) hash.update(chunk);
    return hash.digest('hex');
  } finally {
    chunks.close();
  }
}
