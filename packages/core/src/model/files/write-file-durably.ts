import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { asDiskRefusal } from './disk-refusal.js';

/**
 * Writes a file so that after a crash there is the old one or the new one, never a part: temporary file, fsync, rename.
 * @throws RecoveryError `disk-write-failed` when the disk refuses; the old file is then still there
 */
export function writeFileDurably(path: string, text: string): void {
  writePiecesDurably(path, [text]);
}

/** The same for a file that is longer than memory should hold; pieces are asked for one after the other. */
export function writePiecesDurably(path: string, pieces: Iterable<string>): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const descriptor = openSync(temporary, 'w', 0o600);
    try {
      for (const piece of pieces) writeFileSync(descriptor, piece); // unlike writeSync, goes on after a short write
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw asDiskRefusal(error, path);
  }
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
