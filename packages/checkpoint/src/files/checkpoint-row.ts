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

/** A row with the texts that stand in its line: nothing of it is parsed but its key, and nothing checked. */
export interface RowText {
  readonly key: string;
  /** The state as JSON text; null where the key has none. */
  readonly text: string | null;
  /** The proof as JSON text. */
  readonly proof: string;
  readonly hash: string;
}

const keyStart = '{"key":';
const stateStart = ',"state":';
const goneText = ',"deleted":true';
const proofStart = ',"proof":';
const hashStart = ',"hash":"';
const hashForm = /^[0-9a-f]{32}$/;

/**
 * Cuts a line into the texts of its row, as a writer put them together; null for a line in any other form. A quote inside of
 * a key, a state or a topic is escaped there, so that what stands between two members is found by its text.
 */
export function cutRow(line: string): RowText | null {
  const hashAt = line.lastIndexOf(hashStart);
  const proofAt = line.lastIndexOf(proofStart, hashAt);
  if (!line.startsWith(keyStart) || !line.endsWith('"}') || proofAt < 0) return null;
  // The key ends at the first quote that nothing escapes.
  let keyEnd = keyStart.length + 1;
  while (keyEnd < proofAt && line[keyEnd] !== '"') keyEnd += line[keyEnd] === '\\' ? 2 : 1;
  const keyText = line.slice(keyStart.length, keyEnd + 1);
  const rest = keyEnd + 1;
  const gone = line.startsWith(goneText, rest);
  const hash = line.slice(hashAt + hashStart.length, -2);
  if ((!gone && !line.startsWith(stateStart, rest)) || !hashForm.test(hash)) return null;
  return {
    key: keyText.includes('\\') ? (JSON.parse(keyText) as string) : keyText.slice(1, -1),
    text: gone ? null : line.slice(rest + stateStart.length, proofAt),
    proof: line.slice(proofAt + proofStart.length, hashAt),
    hash,
  };
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
