import { isAscii, isUtf8 } from 'node:buffer';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { endOfValidLines } from './end-of-valid-lines.js';
import type { LineBlock } from './line-block.js';
import { byteOrderMark } from './byte-order-mark.js';
import { rowTooDeep, rowTooLarge } from './row-limits.js';
import { DigitScan, nextSuspect } from '../../model/json/digit-scan.js';
import { parseWithInexact } from '../../model/json/keep-digits.js';
import { isNestedDeeperThan, maxDepth, maxRowBytes, shortEnoughToBeShallow } from '../../model/json/value-limits.js';
import { describeRowPlace, type RowPlace } from './row-source.js';

/** The rows of a block, in columns. Lines and characters are counted from the beginning of the block. */
export interface ParsedLines {
  readonly values: unknown[];
  /** Rows with an `InexactNumber` in the place of a number that a double cannot give back; null where there are none. */
  readonly inexact: ReadonlySet<number> | null;
  /** Each row as it stands in the block, without its line end. */
  readonly texts: string[];
  /** Physical line of each row in the block, from 0. */
  readonly lineNumbers: number[];
  /** Offsets in the content: where each row begins, and where the line after it does. */
  readonly bytePositions: number[];
  readonly nextBytes: number[];
  /** Number of the first line behind the block, counted over the whole content. */
  readonly linesAfter: number;
  /** What stopped the parsing; rows in front of it are there. */
  readonly failure: Error | null;
}

/**
 * Parses the lines of a block. The whole block becomes one string (a plain copy where it is ASCII), lines are cut from it
 * without copying, and the check for valid UTF-8 is made once for the block: only a block that fails it is searched.
 */
export function parseLines(
  file: string,
  block: LineBlock,
  linesBefore: number,
  unit: RowPlace['unit'] = 'line',
): ParsedLines {
  const start = byteOrderMarkLength(block);
  const valid = isUtf8(block.bytes);
  const bytes = valid ? block.bytes : block.bytes.subarray(0, endOfValidLines(block.bytes));
  const ascii = isAscii(bytes);
  const text = bytes.toString(ascii ? 'latin1' : 'utf8');
  const values: unknown[] = [];
  const texts: string[] = [];
  const lineNumbers: number[] = [];
  const bytePositions: number[] = [];
  const nextBytes: number[] = [];
  const wide = block.bytes.length > maxRowBytes;
  let line = 0;
  let begin = ascii ? start : start > 0 ? 1 : 0;
  let byte = start;
  let failure: Error | null = null;
  const scan = new DigitScan(bytes);
  let suspect = nextSuspect(scan, bytes, 0, bytes.length);
  let inexact: Set<number> | null = null;
  while (begin < text.length) {
    const found = text.indexOf('\n', begin);
    const next = found < 0 ? text.length : found + 1;
    let end = found < 0 ? next : found;
    if (end > begin && text.charCodeAt(end - 1) === 0x0d) end--;
    const nextByte = ascii ? next : found < 0 ? bytes.length : bytes.indexOf(0x0a, byte) + 1;
    if (!isBlank(text, begin, end)) {
      const lineText = text.slice(begin, end);
      const place = (): RowPlace => ({ file, unit, number: linesBefore + line + 1, byte: block.start + byte });
      if (wide && nextByte - byte > maxRowBytes) failure = rowTooLarge(place());
      else if (end - begin > shortEnoughToBeShallow && isNestedDeeperThan(lineText, maxDepth))
        failure = rowTooDeep(place());
      if (failure !== null) break;
      try {
        values.push(JSON.parse(lineText));
        if (suspect >= 0 && suspect < nextByte) {
          const kept = parseWithInexact(lineText);
          if (kept !== null) {
            values[values.length - 1] = kept.value;
            (inexact ??= new Set()).add(values.length - 1);
          }
          suspect = nextSuspect(scan, bytes, nextByte, bytes.length);
        }
      } catch {
        failure = block.last && found < 0 ? lineIsCut(place()) : notJson(place(), lineText);
        break;
      }
      texts.push(lineText);
      lineNumbers.push(line);
      bytePositions.push(block.start + byte);
      nextBytes.push(block.start + nextByte);
    }
    begin = next;
    byte = nextByte;
    line++;
  }
  if (failure === null && !valid) {
    const place: RowPlace = { file, unit, number: linesBefore + line + 1, byte: block.start + bytes.length };
    const cut = block.last && block.bytes.indexOf(0x0a, bytes.length) < 0;
    failure = cut ? lineIsCut(place) : notUtf8(place);
  }
  const linesAfter = linesBefore + line;
  return { values, inexact, texts, lineNumbers, bytePositions, nextBytes, linesAfter, failure };
}

function byteOrderMarkLength(block: LineBlock): number {
  const { bytes } = block;
  return block.start === 0 && byteOrderMark.equals(bytes.subarray(0, 3)) ? byteOrderMark.length : 0;
}

/** JSON allows these four between values; a line of nothing else is empty. */
function isBlank(text: string, begin: number, end: number): boolean {
  for (let i = begin; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0d) return false;
  }
  return true;
}

function notUtf8(place: RowPlace): RecoveryError {
  return new RecoveryError('unreadable-row', `${describeRowPlace(place)}: not valid UTF-8`, {
    hint: 'convert the file first, e.g. with iconv -f LATIN1 -t UTF-8; a file of UTF-16 begins with the bytes FF FE',
    details: { ...place },
  });
}

function lineIsCut(place: RowPlace): RecoveryError {
  return new RecoveryError(
    'unreadable-row',
    `${describeRowPlace(place)}: the last line is cut: the file ends in the middle of it`,
    {
      hint: 'fetch the rest of the file, or delete the last line',
      details: { ...place },
    },
  );
}

/** The parser's own message quotes the line and so stays out: errors carry no payload. */
function notJson(place: RowPlace, line: string): RecoveryError {
  const array = line.startsWith('[')
    ? '; a file that holds one JSON array must be split into lines, e.g. with jq -c ".[]"'
    : '';
  return new RecoveryError('unreadable-row', `${describeRowPlace(place)}: not JSON`, {
    hint: `each line must be one whole JSON value${array}`,
    details: { ...place },
  });
}
