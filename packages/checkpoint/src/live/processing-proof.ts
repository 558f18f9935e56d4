import { hash as hashOnce } from 'node:crypto';

/**
 * What has been applied to one key: how many events, the last of them, and two hashes of their identities, 128 bits each.
 * `order` depends on the order in which they were applied, `sum` does not: two proofs over the same events differ in
 * `order` alone where one of them handled two events the other way round.
 */
export interface ProcessingProof {
  readonly events: number;
  readonly last: LastEvent | null;
  readonly order: string;
  readonly sum: string;
}

/** Topic, partition and offset, which as a text keeps its digits in every reader. */
export type LastEvent = readonly [topic: string, partition: number, offset: string];

const digits = 32;
const modulus = 1n << 128n;

export const nothingApplied: ProcessingProof = { events: 0, last: null, order: '', sum: '0'.repeat(digits) };

/** The hash of an event's identity (see `canonicalIdentity` of core), once for all keys of the event. */
export function hashIdentity(identity: string): string {
  return hashOnce('sha256', identity).slice(0, digits);
}

/** The proof after one more event. */
export function proofAfter(proof: ProcessingProof, identityHash: string, last: LastEvent): ProcessingProof {
  return {
    events: proof.events + 1,
    last,
    order: hashOnce('sha256', proof.order + identityHash).slice(0, digits),
    sum: addHashes(proof.sum, identityHash),
  };
}

/** Sum modulo 2^128 (AdHash, Bellare and Micciancio 1997). It finds accidents, and is no defence against an attacker. */
function addHashes(a: string, b: string): string {
  return ((BigInt(`0x${a}`) + BigInt(`0x${b}`)) % modulus).toString(16).padStart(digits, '0');
}

/** What has to be added to `a` to get `b`: the hash of one event where just that event is the difference. */
export function hashBetween(a: string, b: string): string {
  return ((BigInt(`0x${b}`) - BigInt(`0x${a}`) + modulus) % modulus).toString(16).padStart(digits, '0');
}
