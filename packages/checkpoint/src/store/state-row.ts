import { hash as hashOnce } from 'node:crypto';
import type { ProcessingProof } from '../live/processing-proof.js';

/** A key with its state as JSON text, null where it has none (any more), and what was applied to it. */
export interface StateRow {
  readonly key: string;
  readonly text: string | null;
  readonly proof: ProcessingProof;
}

const digits = 32;

/** 128 bits of SHA-256 over all that a row says; stands beside it in the store and in every checkpoint. */
export function hashRow(key: string, text: string | null, proof: string): string {
  return hashOnce('sha256', `${JSON.stringify(key)}\n${text ?? ''}\n${proof}`).slice(0, digits);
}
