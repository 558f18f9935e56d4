import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';

const chunkBytes = 1024 * 1024;

/** SHA-256 of a file without its last bytes. */
export function digestContent(file: string, without: number): string {
  const hash = createHash('sha256');
  const descriptor = openSync(file, 'r');
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    for (let left = statSync(file).size - without; left > 0;) {
      const read = readSync(descriptor, chunk, 0, Math.min(chunkBytes, left), null);
      if (read === 0) break;
      hash.update(chunk.subarray(0, read));
      left -= read;
    }
    return hash.digest('hex');
  } finally {
    closeSync(descriptor);
  }
}
