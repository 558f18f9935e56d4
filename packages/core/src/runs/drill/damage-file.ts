import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';

const flippedBytes = 3;

/** Flips bytes in the middle of a file, as a bad disk does. */
export function damageFile(file: string): void {
  const { size } = statSync(file);
  const at = Math.floor(size / 2);
  const bytes = Buffer.alloc(Math.min(flippedBytes, size - at));
  const handle = openSync(file, 'r+');
  try {
    readSync(handle, bytes, 0, bytes.length, at);
    writeSync(
      handle,
      bytes.map((byte) => byte ^ 0x55),
      0,
      bytes.length,
      at,
    );
  } finally {
    closeSync(handle);
  }
}
