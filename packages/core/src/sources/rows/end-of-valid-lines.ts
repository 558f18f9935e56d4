import { isUtf8 } from 'node:buffer';

/** Where the first line begins that is not UTF-8. A line feed is never part of a longer character. */
export function endOfValidLines(bytes: Buffer): number {
  let begin = 0;
  while (begin < bytes.length) {
    const found = bytes.indexOf(0x0a, begin);
    const next = found < 0 ? bytes.length : found + 1;
    if (!isUtf8(bytes.subarray(begin, next))) return begin;
    begin = next;
  }
  return begin;
}
