import { createCrc32cModule, type Crc32cModule } from './crc32c-module.js';

let shared: Crc32cModule | undefined;

/**
 * The CRC-32C (Castagnoli) of the bytes from index `from` to before `to`, which must lie within them, as an unsigned number
 * of 32 bits.
 */
export function crc32c(bytes: Uint8Array, from: number, to: number): number {
  const { room, update } = (shared ??= createCrc32cModule());
  let state = -1;
  for (let at = from; at < to; at += room.length) {
    const length = Math.min(room.length, to - at);
    room.set(new Uint8Array(bytes.buffer, bytes.byteOffset + at, length));
    state = update(state, length);
  }
  return ~state >>> 0;
}
