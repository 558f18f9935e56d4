import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { emptySum, HashSum } from './hash-sum.js';

const hashOf = (n: number): string => createHash('sha256').update(String(n)).digest('hex').slice(0, 32);
const largest = 'f'.repeat(32);

/** The definition, in one number. */
function plainSum(added: readonly string[], removed: readonly string[] = []): string {
  const total = (hashes: readonly string[]): bigint => hashes.reduce((sum, hash) => sum + BigInt(`0x${hash}`), 0n);
  return BigInt.asUintN(128, total(added) - total(removed))
    .toString(16)
    .padStart(32, '0');
}

test('is the sum modulo 2^128, whatever is added and removed', () => {
  const sum = new HashSum(hashOf(0));
  const added = [hashOf(0)];
  const removed: string[] = [];
  for (let n = 1; n < 2000; n++) {
    const hash = n % 7 === 0 ? largest : hashOf(n);
    if (n % 3 === 0) {
      sum.remove(hash);
      removed.push(hash);
    } else {
      sum.add(hash);
      added.push(hash);
    }
    if (n % 97 === 0) expect(sum.toString()).toBe(plainSum(added, removed));
  }
  expect(sum.toString()).toBe(plainSum(added, removed));
  expect(new HashSum(emptySum).toString()).toBe(emptySum);
});

test('loses no digit over millions of rows', () => {
  const sum = new HashSum(emptySum);
  const count = 2_500_000;
  for (let n = 0; n < count; n++) sum.add(largest);
  expect(sum.toString()).toBe(
    BigInt.asUintN(128, BigInt(count) * BigInt(`0x${largest}`))
      .toString(16)
      .padStart(32, '0'),
  );
});
