import { hash as hashOnce } from 'node:crypto';
import type { ProcessingProof } from '../live/processing-proof.js';

/** A key with its state as JSON text, null where it has none (any more), and what was applied to it. */
export interface StateRow {
  readonly key: string;
  readonly text: string | null;
  readonly proof: ProcessingProof;
}

/** A row with its hash, as it stands in the store. */
export interface HashedRow extends StateRow {
  readonly hash: string;
}

/** A row that is to be written. */
export interface ChangedRow extends StateRow {
  /** The hash of the row that it replaces; null where there is none. */
  readonly replaces: string | null;
}

const digits = 32;

/** 128 bits of SHA-256 over all that a row says; stands beside it in the store and in every checkpoint. */
export function hashRow(key: string, text: string | null, proof: string): string {
  return hashOnce('sha256', `${JSON.stringify(key)}\n${text ?? ''}\n${proof}`).slice(0, digits);
}

/** 128 bits of SHA-256 over the fields of any other row, with the name of its table. */
export function hashFields(table: string, fields: readonly (string | number | null)[]): string {
  return hashOnce('sha256', JSON.stringify([table, ...fields])).slice(0, digits);
}
