import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { OnDamagedRow } from './row-source.js';
import type { LineBlock } from './line-blocks.js';
import { parseLines, type ParsedLines } from './parse-lines.js';
import type { RowPlace } from './row-source.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Parses the lines of a block as `parseLines` does, but goes on behind a line that cannot be read and tells of it. A block
 * without such a line costs nothing more.
 */
export function parseDamagedLines(
  file: string,
  block: LineBlock,
  linesBefore: number,
  onDamage: OnDamagedRow,
): ParsedLines {
  const first = parseLines(file, block, linesBefore);
  if (first.failure === null) return first;
  const pieces: ParsedPiece[] = [];
  let piece = first;
  let lines = linesBefore;
  for (;;) {
    pieces.push({ parsed: piece, lines: lines - linesBefore });
    const { failure } = piece;
    if (failure === null) break;
    if (!isRecoveryError(failure)) throw failure;
    const place = failure.details as unknown as RowPlace;
    const from = (place.byte ?? 0) - block.start;
    const found = block.bytes.indexOf(lineFeed, from);
    const end = found < 0 ? block.bytes.length : found;
    onDamage({ place, error: failure, bytes: Buffer.from(withoutReturn(block.bytes.subarray(from, end))) });
    const start = found < 0 ? end : found + 1;
    lines = piece.linesAfter + 1;
    const rest = { bytes: block.bytes.subarray(start), start: block.start + start, last: block.last };
    piece = parseLines(file, rest, lines);
  }
  return joinPieces(pieces, piece.linesAfter);
}

interface ParsedPiece {
  readonly parsed: ParsedLines;
  /** Lines of the block in front of it. */
  readonly lines: number;
}

function joinPieces(pieces: readonly ParsedPiece[], linesAfter: number): ParsedLines {
  const values: unknown[] = [];
  const begins: number[] = [];
  const ends: number[] = [];
  const lineNumbers: number[] = [];
  const bytePositions: number[] = [];
  const nextBytes: number[] = [];
  const inexact = new Set<number>();
  let text = '';
  for (const { parsed, lines } of pieces) {
    const shift = text.length;
    text += parsed.text;
    for (let index = 0; index < parsed.values.length; index++) {
      if (parsed.inexact?.has(index) === true) inexact.add(values.length);
      values.push(parsed.values[index]);
      begins.push((parsed.begins[index] as number) + shift);
      ends.push((parsed.ends[index] as number) + shift);
      lineNumbers.push((parsed.lineNumbers[index] as number) + lines);
      bytePositions.push(parsed.bytePositions[index] as number);
      nextBytes.push(parsed.nextBytes[index] as number);
    }
  }
  const rows = { values, text, begins, ends, lineNumbers, bytePositions, nextBytes, linesAfter, failure: null };
  return { ...rows, inexact: inexact.size === 0 ? null : inexact };
}

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
}
