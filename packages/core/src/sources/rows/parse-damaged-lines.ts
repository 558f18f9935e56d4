import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { OnDamagedRow } from './row-source.js';
import type { LineBlock } from './line-block.js';
import { parseLines, type ParsedLines } from './parse-lines.js';
import type { RowPlace } from './row-source.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Behind a line that cannot be read so many bytes are parsed at once, and twice as many while there is no other. */
const bytesBehindDamage = 4 * 1024;

/**
 * Parses the lines of a block as `parseLines` does, but goes on behind a line that cannot be read and tells of it. A block
 * without such a line costs nothing more.
 */
export function parseDamagedLines(
  file: string,
  block: LineBlock,
  linesBefore: number,
  onDamage: OnDamagedRow,
  unit: RowPlace['unit'] = 'line',
): ParsedLines {
  const first = parseLines(file, block, linesBefore, unit);
  if (first.failure === null) return first;
  const pieces: ParsedPiece[] = [{ parsed: first, lines: 0 }];
  let piece = first;
  let start: number;
  let lines: number;
  let window = bytesBehindDamage;
  // Where each piece ended without damage, the next begins at its end.
  let end = block.bytes.length;
  while (piece.failure !== null || end < block.bytes.length) {
    const { failure } = piece;
    if (failure === null) {
      start = end;
      lines = piece.linesAfter;
      window *= 2;
    } else {
      if (!isRecoveryError(failure)) throw failure;
      const place = failure.details as unknown as RowPlace;
      const from = (place.byte ?? 0) - block.start;
      start = endOfLine(block.bytes, from);
      lines = piece.linesAfter + 1;
      window = bytesBehindDamage;
      const bytes = withoutLineEnd(block.bytes.subarray(from, start));
      onDamage({ place, error: failure, bytes: Buffer.from(bytes) });
    }
    end = endOfLine(block.bytes, start + window - 1);
    const part = {
      bytes: block.bytes.subarray(start, end),
      start: block.start + start,
      last: block.last && end === block.bytes.length,
    };
    piece = parseLines(file, part, lines, unit);
    pieces.push({ parsed: piece, lines: lines - linesBefore });
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
  const texts: string[] = [];
  const lineNumbers: number[] = [];
  const bytePositions: number[] = [];
  const nextBytes: number[] = [];
  const inexact = new Set<number>();
  for (const { parsed, lines } of pieces) {
    for (let index = 0; index < parsed.values.length; index++) {
      if (parsed.inexact?.has(index) === true) inexact.add(values.length);
      values.push(parsed.values[index]);
      texts.push(parsed.texts[index] as string);
      lineNumbers.push((parsed.lineNumbers[index] as number) + lines);
      bytePositions.push(parsed.bytePositions[index] as number);
      nextBytes.push(parsed.nextBytes[index] as number);
    }
  }
  const rows = { values, texts, lineNumbers, bytePositions, nextBytes, linesAfter, failure: null };
  return { ...rows, inexact: inexact.size === 0 ? null : inexact };
}

/** Behind the line feed of the line that this byte is in; the end of the bytes where there is none. */
function endOfLine(bytes: Buffer, at: number): number {
  const found = bytes.indexOf(lineFeed, at);
  return found < 0 ? bytes.length : found + 1;
}

function withoutLineEnd(line: Buffer): Buffer {
  let end = line.length;
  if (line[end - 1] === lineFeed) end--;
  if (line[end - 1] === carriageReturn) end--;
  return line.subarray(0, end);
}
