import { closeSync, openSync, readSync } from 'node:fs';

/** A line of a file, without what ends it. */
export interface FileLine {
  /** The first one is 1. */
  readonly number: number;
  /** Where it begins, in bytes. */
  readonly start: number;
  readonly bytes: Buffer;
  /** False for a last line that nothing ends: the file was cut. */
  readonly ended: boolean;
}

const chunkBytes = 1024 * 1024;
const lineFeed = 0x0a;

/** The lines of a file one by one, as bytes: a damaged one may not be text. */
export function* readLines(file: string): Generator<FileLine> {
  const descriptor = openSync(file, 'r');
  try {
    let rest = Buffer.alloc(0);
    let number = 0;
    let start = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const read = readSync(descriptor, chunk, 0, chunkBytes, null);
      if (read === 0) break;
      const waiting = rest.length === 0 ? chunk.subarray(0, read) : Buffer.concat([rest, chunk.subarray(0, read)]);
      let from = 0;
      for (let at = waiting.indexOf(lineFeed); at >= 0; at = waiting.indexOf(lineFeed, from)) {
        yield { number: ++number, start, bytes: waiting.subarray(from, at), ended: true };
        start += at + 1 - from;
        from = at + 1;
      }
      rest = waiting.subarray(from);
    }
    if (rest.length > 0) yield { number: ++number, start, bytes: rest, ended: false };
  } finally {
    closeSync(descriptor);
  }
}
