import { closeSync, openSync, writeSync } from 'node:fs';

const pieceLength = 1 << 16;

/** Lines into a new file of a drill. It may be cut off by a crash: the whole drill is made anew then. */
export interface LineWriter {
  write(line: unknown): void;
  close(): void;
}

export function lineWriter(file: string): LineWriter {
  const handle = openSync(file, 'wx');
  let piece = '';
  const flush = (): void => {
    const bytes = Buffer.from(piece, 'utf8');
    piece = '';
    for (let written = 0; written < bytes.length;) written += writeSync(handle, bytes, written);
  };
  return {
    write(line) {
      piece += `${JSON.stringify(line)}\n`;
      if (piece.length >= pieceLength) flush();
    },
    close() {
      flush();
      closeSync(handle);
    },
  };
}
