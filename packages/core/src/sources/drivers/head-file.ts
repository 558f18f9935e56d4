import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import { asDiskRefusal } from '../../model/files/disk-refusal.js';

/**
 * The newest link of each lane's chain of commits, kept outside the database: an older copy of the database put back, or
 * one that lost its write-ahead log, is then noticed. One fixed-width line a lane, overwritten in place after each commit;
 * it may lag behind the database by one commit, never run ahead of it.
 */
const lineLength = 96;

export interface ChainHead {
  readonly seq: number;
  readonly chain: string;
}

export interface HeadFile {
  write(lane: number, head: ChainHead): void;
  close(): void;
}

export function openHeadFile(path: string): HeadFile {
  // Not with 'a' (which ignores the place to write to) and not with 'w' (which empties the file).
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  return {
    write(lane, { seq, chain }) {
      const place = lane * lineLength;
      try {
        const size = fstatSync(descriptor).size;
        if (size < place) writeFully(descriptor, ' '.repeat(place - size), size);
        writeFully(descriptor, `${String(seq).padStart(12)} ${chain}`.padEnd(lineLength - 1) + '\n', place);
      } catch (error) {
        throw asDiskRefusal(error, path);
      }
    },
    close: () => {
      closeSync(descriptor);
    },
  };
}

/** For a database that is only read: nothing is written, and reading opens the file by itself. */
export const noHeadFile: HeadFile = {
  write: () => {
    throw new Error('a database that was opened for reading is written');
  },
  close: () => undefined,
};

/** A nearly full disk may take a part first, and refuses when asked for the rest. */
function writeFully(descriptor: number, text: string, place: number): void {
  const bytes = Buffer.from(text, 'latin1');
  for (let done = 0; done < bytes.length;) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, place + done);
  }
}

/** Null for a lane that has no line. */
export function readHeadFile(path: string, lane: number): ChainHead | null {
  if (!existsSync(path)) return null;
  const line = readFileSync(path, 'latin1').slice(lane * lineLength, (lane + 1) * lineLength);
  const match = /^ *(\d+) ([0-9a-f]{64})\s*$/.exec(line);
  return match === null ? null : { seq: Number(match[1]), chain: match[2] ?? '' };
}
