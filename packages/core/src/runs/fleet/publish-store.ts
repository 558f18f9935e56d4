import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openSqlite } from '../../sources/drivers/open-sqlite.js';
import type { TaskFile } from './task-manifest.js';

const pieceBytes = 1 << 20;

/**
 * Copies a store that is closed into a folder, as one database file that needs no write-ahead log: nobody writes it any
 * more, and a shared folder has no memory that a log could be kept in.
 */
export function publishStore(storeFile: string, folder: string): readonly TaskFile[] {
  const database = openSqlite(storeFile);
  try {
    database.pragma('wal_checkpoint(TRUNCATE)');
    if (database.pragma('journal_mode = DELETE', { simple: true }) !== 'delete') {
      throw new Error(`${storeFile}: the write-ahead log cannot be left`);
    }
  } finally {
    database.close();
  }
  return [storeFile, `${storeFile}.head`].filter((file) => existsSync(file)).map((file) => copyFile(file, folder));
}

/** The size and the SHA-256 of a file, read piece by piece. */
export function hashFileOnDisk(
  file: string,
  onPiece?: (piece: Uint8Array) => void,
): Pick<TaskFile, 'bytes' | 'sha256'> {
  const hash = createHash('sha256');
  const piece = new Uint8Array(pieceBytes);
  const from = openSync(file, 'r');
  let bytes = 0;
  try {
    for (;;) {
      const read = readSync(from, piece, 0, piece.length, null);
      if (read === 0) return { bytes, sha256: hash.digest('hex') };
      const part = piece.subarray(0, read);
      hash.update(part);
      onPiece?.(part);
      bytes += read;
    }
  } finally {
    closeSync(from);
  }
}

function copyFile(file: string, folder: string): TaskFile {
  const name = basename(file);
  const to = openSync(join(folder, name), 'wx', 0o600);
  try {
    const hashed = hashFileOnDisk(file, (piece) => {
      writeFileSync(to, piece);
    });
    fsyncSync(to);
    return { name, ...hashed };
  } finally {
    closeSync(to);
  }
}
