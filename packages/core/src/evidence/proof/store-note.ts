import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurably } from '../../model/files/write-file-durably.js';

interface StoreNote {
  readonly format_version: 1;
}

/**
 * What an earlier command noted in a store, by the name of the file. Null when there is none, or one that cannot be read or
 * is of another version: it shows nothing then, and is found out again.
 */
export function readNote<Note extends StoreNote>(store: string, name: string): Note | null {
  const file = join(store, name);
  if (!existsSync(file)) return null;
  try {
    const note = JSON.parse(readFileSync(file, 'utf8')) as Note;
    return note.format_version === 1 ? note : null;
  } catch {
    return null;
  }
}

export function writeNote<Note extends StoreNote>(store: string, name: string, note: Note): void {
  mkdirSync(store, { recursive: true });
  writeFileDurably(join(store, name), `${JSON.stringify(note, null, 2)}\n`);
}
