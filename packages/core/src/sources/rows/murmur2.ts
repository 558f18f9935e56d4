/**
 * The 32-bit MurmurHash2 in the variant (seed 0x9747b28c) by which Kafka's Java client chooses the partition of a key.
 * Source: A. Appleby's MurmurHash2; the seed and the sign are those of org.apache.kafka.common.utils.Utils.
 */
export function murmur2(bytes: Uint8Array, length: number = bytes.length): number {
  const m = 0x5bd1e995;
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
  const length = writeAscii(key);
  const hash = length < 0 ? murmur2(Buffer.from(key, 'utf8')) : murmur2(scratch, length);
  return (hash & 0x7fffffff) % count;
}

/** Used again for every short key: keys are hashed millions of times, and a Buffer for each would cost more than the hash. */
const scratch = new Uint8Array(256);

/** Puts a key's bytes into the scratch space and gives their number; -1 for a key that is long or not ASCII. */
function writeAscii(key: string): number {
  const length = key.length;
  if (length > scratch.length) return -1;
  for (let i = 0; i < length; i++) {
    const code = key.charCodeAt(i);
    if (code > 0x7f) return -1;
    scratch[i] = code;
  }
  return length;
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
