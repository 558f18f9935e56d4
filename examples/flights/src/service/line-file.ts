import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a text file line by line, in pieces large enough for the disk and small enough to die young. */
export interface LineFile {
  write(line: string): void;
  /** SHA-256 (hex) of all bytes up to here. */
  digest(): string;
  close(): void;
}

const pieceLength = 1 << 16;

/** With `hashed: false` there is no digest, and large files are written faster. */
export function lineFile(path: string, { hashed = true } = {}): LineFile {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  const hash = createHash('sha256');
  let piece = '';
  const flush = () => {
    const bytes = Buffer.from(piece, 'utf8');
    piece = '';
    if (hashed) hash.update(bytes);
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
  };
  return {
    write(line) {
      piece += line + '\n';
      if (piece.length >= pieceLength) flush();
    },
    digest() {
      flush();
      return hash.copy().digest('hex');
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}
