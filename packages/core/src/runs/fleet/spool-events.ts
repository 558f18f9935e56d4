import { closeSync, fsyncSync, openSync, readSync, writeFileSync } from 'node:fs';
import { asDiskRefusal } from '../../model/files/disk-refusal.js';

const pieceBytes = 1 << 20;

/**
 * Copies an input into a file of this machine: an event that does not end makes the replay begin anew, and standard input
 * is there once. Whether it is whole is seen by who reads it: an end that was cut off has no line that counts the events.
 */
export function spoolEvents(input: number, file: string): void {
  const to = openSync(file, 'w', 0o600);
  const piece = new Uint8Array(pieceBytes);
  try {
    for (;;) {
      const read = readPiece(input, piece);
      if (read === 0) break;
      writeFileSync(to, piece.subarray(0, read));
    }
    fsyncSync(to);
  } catch (error) {
    throw asDiskRefusal(error, file);
  } finally {
    closeSync(to);
  }
}

function readPiece(input: number, piece: Uint8Array): number {
  for (;;) {
    try {
      return readSync(input, piece, 0, piece.length, null);
    } catch (error) {
      // A pipe that does not block has nothing yet.
      if ((error as { code?: unknown }).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
