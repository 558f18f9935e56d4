import type { RowPosition } from '../../rows/row-source.js';
import type { FileIdentity } from './file-identity.js';

/** How far the import of one file has come; stored in the archive in the same transaction as the events. */
export interface ImportProgress {
  readonly file: string;
  readonly state: 'running' | 'finished';
  readonly identity: FileIdentity;
  /** SHA-256 of the whole file in hex, once it is finished. */
  readonly sha256: string | null;
  /**
   * SHA-256 of the content in hex, decompressed; only where it is compressed, offsets are assigned, and nothing but the whole
   * content tells its events from others.
   */
  readonly content?: string;
  /** SHA-256 of the mapping in hex: the same file under another mapping is another import. */
  readonly mapping: string;
  readonly position: RowPosition;
  readonly events: number;
  readonly repeated: number;
  /** Rows that could not be read; absent where all could. */
  readonly damaged?: number;
  /** Of these, rows that did not tell where they belong; absent where all did. */
  readonly unplaced?: number;
  /** Events below an earlier time, where there are any. */
  readonly falling?: number;
}

/** What the names of all imports begin with. */
export const importsPrefix = 'import:';

export function importName(file: string): string {
  return importsPrefix + file;
}

/** Where the numbering of rows and of assigned offsets stands, over all imports into this archive. */
export const mappingStateName = 'mapping-state';
