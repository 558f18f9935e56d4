/** As many bytes as a text may take in UTF-8. */
export function mostBytesOf(text: string): number {
  return text.length * 3;
}

/** Above this many characters one call of Node's is cheaper than a loop. */
const longText = 120;

/**
 * Writes a text as UTF-8 into a buffer that has room for the most that it may take.
 * @returns one past the last byte
 */
export function writeText(buffer: Buffer, at: number, text: string): number {
  const { length } = text;
  if (length <= longText) {
    // Nearly always ASCII.
    let index = 0;
    for (; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) break;
      buffer[at + index] = code;
    }
    if (index === length) return at + length;
  }
  return at + buffer.write(text, at, 'utf8');
}

/** Copies few bytes: for these a loop is cheaper than the view that Node makes of them. */
export function copyBytes(from: Uint8Array, start: number, end: number, to: Buffer, at: number): void {
  if (end - start > longText) {
    to.set(from.subarray(start, end), at);
    return;
  }
  for (let index = start; index < end; index++) to[at++] = from[index]!;
}
