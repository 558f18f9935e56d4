import type { Buffer } from 'node:buffer';

/**
 * The 32-bit MurmurHash2 in the variant (seed 0x9747b28c) by which Kafka's Java client chooses the partition of a key.
 * Source: A. Appleby's MurmurHash2; the seed and the sign are those of org.apache.kafka.common.utils.Utils.
 */
export function murmur2(bytes: Uint8Array): number {
  const m = 0x5bd1e995;
  const length = bytes.length;
  let hash = 0x9747b28c ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let k = at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24);
    k = Math.imul(k, m);
    k = Math.imul(k ^ (k >>> 24), m);
    hash = Math.imul(hash, m) ^ k;
  }
  const rest = length & 3;
  if (rest === 3) hash ^= at(bytes, whole + 2) << 16;
  if (rest >= 2) hash ^= at(bytes, whole + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ at(bytes, whole), m);
  hash = Math.imul(hash ^ (hash >>> 13), m);
  return hash ^ (hash >>> 15);
}

/** The partition that Kafka's default partitioner gives a text key (as UTF-8) in a topic of `count` partitions. */
export function partitionOfKey(key: string, count: number): number {
  return (murmur2(utf8(key)) & 0x7fffffff) % count;
}

let scratch: Buffer | null = null;

/** The bytes of a key, in a buffer that is used again: keys are hashed millions of times. */
function utf8(key: string): Uint8Array {
  scratch ??= globalThis.Buffer.allocUnsafeSlow(1024);
  if (key.length * 3 > scratch.length) return globalThis.Buffer.from(key, 'utf8');
  return scratch.subarray(0, scratch.write(key, 0, 'utf8'));
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
