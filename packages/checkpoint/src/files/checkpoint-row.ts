import { isUtf8 } from 'node:buffer';
import type { ProcessingProof } from '../live/processing-proof.js';
import { hashRow, type HashedRow } from '../store/state-row.js';

/** Why a line is no row of a checkpoint. */
export type RowProblem = 'not-json' | 'not-a-row' | 'hash-differs';

/** The row that a line holds, or what is wrong with it. */
export function parseRow(bytes: Buffer): HashedRow | { readonly problem: RowProblem; readonly key: string | null } {
  const row = parseObject(bytes);
  if (row === null) return { problem: 'not-json', key: null };
  const key = typeof row['key'] === 'string' ? row['key'] : null;
  const proof = row['proof'];
  const gone = row['deleted'] === true;
  if (key === null || gone === Object.hasOwn(row, 'state') || !isProof(proof)) return { problem: 'not-a-row', key };
  // What was written was made by JSON.stringify, so this gives the same text again.
  const text = gone ? null : JSON.stringify(row['state']);
  const hash = hashRow(key, text, JSON.stringify(proof));
  if (hash !== row['hash']) return { problem: 'hash-differs', key };
  return { key, text, proof, hash };
}

/** Null for what is no JSON object in UTF-8. */
export function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> | null {
  if (!isUtf8(bytes)) return null;
  try {
    const value = JSON.parse(bytes.toString('utf8')) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

function isProof(value: unknown): value is ProcessingProof {
  if (typeof value !== 'object' || value === null) return false;
  const { events, order, sum, last } = value as Partial<Record<keyof ProcessingProof, unknown>>;
  return (
    Number.isSafeInteger(events) &&
    typeof order === 'string' &&
    typeof sum === 'string' &&
    (last === null || Array.isArray(last))
  );
}
