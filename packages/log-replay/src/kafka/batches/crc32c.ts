/** Reversed polynomial of CRC-32C (Castagnoli), as in RFC 3720. */
const polynomial = 0x82f63b78;

/** Bytes that one step of the loop takes in ("slicing by 8", Kounavis and Berry 2005). */
const slices = 8;

const tables = makeTables();

/** CRC-32C of the bytes from one place to before another, as an unsigned number. */
export function crc32c(bytes: Uint8Array, from: number, to: number): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let crc = -1;
  let at = from;
  for (const stop = to - slices; at <= stop; at += slices) {
    const low = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      t7[low & 0xff]! ^
      t6[(low >>> 8) & 0xff]! ^
      t5[(low >>> 16) & 0xff]! ^
      t4[low >>> 24]! ^
      t3[bytes[at + 4]!]! ^
      t2[bytes[at + 5]!]! ^
      t1[bytes[at + 6]!]! ^
      t0[bytes[at + 7]!]!;
  }
  for (; at < to; at++) crc = t0[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

type Tables = [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];

function makeTables(): Tables {
  const made = Array.from({ length: slices }, () => new Int32Array(256)) as Tables;
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    made[0][byte] = crc;
  }
  for (let slice = 1; slice < slices; slice++) {
    const before = made[slice - 1]!;
    for (let byte = 0; byte < 256; byte++) made[slice]![byte] = (before[byte]! >>> 8) ^ made[0][before[byte]! & 0xff]!;
  }
  return made;
}
