import { createHash } from 'node:crypto';

const numbersPerBlock = 4;
const bytesPerNumber = 8;

/**
 * The numbers that `context.random()` gives for one event. The algorithm is part of the format and never changes:
 *
 * - block `b` is SHA-256 of the UTF-8 text `JSON.stringify(['eventmend.random.1', worker name, canonical identity, b])`,
 * - call `n` (from 0) takes the 8 bytes at `8 * (n mod 4)` of block `floor(n / 4)` as a big-endian whole number,
 * - keeps its upper 53 bits and divides them by 2^53.
 */
export function deriveRandom(workerName: string, canonicalEvent: string, call: number): number {
  const block = randomBlock(workerName, canonicalEvent, Math.floor(call / numbersPerBlock));
  return randomOfBlock(block, call % numbersPerBlock);
}

export function randomBlock(workerName: string, canonicalEvent: string, block: number): Buffer {
  const text = JSON.stringify(['eventmend.random.1', workerName, canonicalEvent, block]);
  return createHash('sha256').update(text).digest();
}

export function randomOfBlock(block: Buffer, index: number): number {
  const high = block.readUInt32BE(index * bytesPerNumber);
  const low = block.readUInt32BE(index * bytesPerNumber + 4);
  return (high * 0x20_0000 + (low >>> 11)) / 2 ** 53;
}

/**
 * The same for another draw than that of a recovery. The first number of the first two is very small and very large, so that a
 * handler that leaves something to chance takes both ways; it is not 0, which few services ever draw, and by which they divide.
 */
export function randomOfDraw(workerName: string, canonicalEvent: string, draw: number, call: number): number {
  if (call === 0 && draw === 1) return 1e-4;
  if (call === 0 && draw === 2) return 1 - 1e-4;
  return deriveRandom(workerName, JSON.stringify([canonicalEvent, draw]), call);
}
