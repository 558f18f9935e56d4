import { readSync } from 'node:fs';

const pieceBytes = 1 << 20;

/** The lines of an open file, piece by piece, without their ends; what stands behind the last end is a line too. */
export function* linesOfFile(descriptor: number): Iterable<string> {
  const piece = new Uint8Array(pieceBytes);
  let rest: readonly Uint8Array[] = [];
  for (;;) {
    const read = readSync(descriptor, piece, 0, piece.length, null);
    if (read === 0) break;
    const bytes = Buffer.from(piece.subarray(0, read));
    const end = bytes.lastIndexOf(10);
    if (end === -1) {
      rest = [...rest, bytes];
      continue;
    }
    yield* Buffer.concat([...rest, bytes.subarray(0, end)])
      .toString('utf8')
      .split('\n');
    rest = [bytes.subarray(end + 1)];
  }
  const last = Buffer.concat(rest).toString('utf8');
  if (last !== '') yield last;
}
