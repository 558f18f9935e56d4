import { hash as hashOnce } from 'node:crypto';

/** Outputs of one lane are stored and hashed in chunks of this many, wherever the transactions fell. */
export const outputsPerChunk = 512;

/** Chain over chunks before the first one. */
export const emptyOutputChain = hashOnce('sha256', 'eventmend outputs 2');

/** SHA-256 of a chunk's text, or of its bytes in UTF-8; see OutputColumns. */
export function hashOutputChunk(text: string | Uint8Array): string {
  return hashOnce('sha256', text);
}

/** The chain after one more chunk. */
export function chainOutputChunk(chain: string, chunkHash: string): string {
  return hashOnce('sha256', chain + chunkHash);
}

/** One digest for the outputs of all lanes: their chains in lane order. */
export function combineOutputChains(chains: readonly string[]): string {
  return chains.length === 1 ? (chains[0] ?? emptyOutputChain) : hashOnce('sha256', chains.join('\n'));
}
