import { endianness } from 'node:os';

/** Stands for a missing time among differences of 32 bits. */
const missing = 0xffff_ffff;

const littleEndian = endianness() === 'LE';

/**
 * Rising offsets as differences from the first: null when they are dense (first, first + 1, …), 4 bytes each when they lie
 * close enough together, else 8 bytes each. Which of the two it is follows from the length.
 */
export function packOffsets(offsets: readonly number[]): Buffer | null {
  const first = offsets[0] ?? 0;
  const span = (offsets[offsets.length - 1] ?? first) - first;
  if (span === offsets.length - 1) return null;
  const differences = offsets.map((offset) => offset - first);
  return span < missing ? packUint32(differences) : packFloat64(differences);
}

export function unpackOffsets(packed: Buffer | null, first: number, count: number): Float64Array | null {
  const offsets = new Float64Array(count);
  if (packed === null) {
    for (let i = 0; i < count; i++) offsets[i] = first + i;
    return offsets;
  }
  const differences = unpack(packed, count);
  if (differences === null) return null;
  for (let i = 0; i < count; i++) offsets[i] = first + (differences[i] ?? 0);
  return offsets;
}

/**
 * Times in milliseconds, NaN where missing: null when all are missing, else differences from the smallest in 4 bytes where
 * they are whole and close enough together, else the times themselves in 8 bytes each.
 */
export function packTimes(times: readonly number[], smallest: number | null, largest: number | null): Buffer | null {
  if (smallest === null || largest === null) return null;
  const whole = largest - smallest < missing && times.every((time) => Number.isNaN(time) || Number.isSafeInteger(time));
  if (!whole) return packFloat64(times);
  return packUint32(times.map((time) => (Number.isNaN(time) ? missing : time - smallest)));
}

export function unpackTimes(packed: Buffer | null, smallest: number | null, count: number): Float64Array | null {
  if (packed === null || smallest === null) return new Float64Array(count).fill(NaN);
  const numbers = unpack(packed, count);
  if (numbers === null || numbers instanceof Float64Array) return numbers;
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const difference = numbers[i] ?? missing;
    times[i] = difference === missing ? NaN : smallest + difference;
  }
  return times;
}

export function packUint32(numbers: readonly number[]): Buffer {
  const packed = Buffer.allocUnsafe(numbers.length * 4);
  for (let i = 0; i < numbers.length; i++) packed.writeUInt32LE(numbers[i] ?? 0, i * 4);
  return packed;
}

/** Null when the length does not fit the count. */
export function unpackUint32(packed: Buffer, count: number): Uint32Array | null {
  if (packed.length !== count * 4) return null;
  if (littleEndian && packed.byteOffset % 4 === 0) return new Uint32Array(packed.buffer, packed.byteOffset, count);
  return Uint32Array.from({ length: count }, (_, i) => packed.readUInt32LE(i * 4));
}

function packFloat64(numbers: readonly number[]): Buffer {
  const packed = Buffer.allocUnsafe(numbers.length * 8);
  for (let i = 0; i < numbers.length; i++) packed.writeDoubleLE(numbers[i] ?? NaN, i * 8);
  return packed;
}

function unpack(packed: Buffer, count: number): Uint32Array | Float64Array | null {
  if (packed.length !== count * 8 || count === 0) return unpackUint32(packed, count);
  return Float64Array.from({ length: count }, (_, i) => packed.readDoubleLE(i * 8));
}
