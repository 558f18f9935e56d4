import { hash as hashOnce } from 'node:crypto';

/** Outputs of one lane are hashed and stored in chunks of this many, wherever the transactions fell. */
export const outputsPerChunk = 512;

/** Chain over chunks before the first one. */
export const emptyOutputChain = hashOnce('sha256', 'eventmend outputs 1');

/**
 * The text of a chunk: a JSON array with one array an output,
 * `[topic, partition, offset, time, output, key, ordinal, businessId, value]`, one a line. It is what is stored and what is
 * hashed. `time` is the effective time of the event, null before the first timestamp; the value stands as the handler's
 * output was serialised.
 */
export function outputChunkText(lines: readonly string[]): string {
  return `[${lines.join(',\n')}]`;
}

export function hashOutputChunk(text: string): string {
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
