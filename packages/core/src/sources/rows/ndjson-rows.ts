import { maxRowBytes } from '../../model/json/value-limits.js';
import { assertLineStart } from './line-start.js';
import { defaultChunkBytes, fileBytes, openByteChunks, watchedChunks, type ByteChunks } from './byte-chunks.js';
import { cutIntoLineBlocks, type LineBlock } from './line-blocks.js';
import type { OnDamagedRow } from './row-source.js';
import { parseDamagedLines } from './parse-damaged-lines.js';
import { parseLines, type ParsedLines } from './parse-lines.js';
import { rowTooLarge } from './row-limits.js';
import {
  noConversions,
  startOfRows,
  type RowBatch,
  type RowCompression,
  type RowPlace,
  type RowPosition,
  type RowReader,
  type RowSource,
} from './row-source.js';

export interface NdjsonRowOptions {
  readonly compression?: RowCompression;
  /** How much of a plain file is read at a time; bounds the size of a batch. For tests and tuning. */
  readonly chunkBytes?: number;
  /** Sees all content as it is read, decompressed, in pieces that are valid only during the call. */
  readonly onBytes?: (bytes: Uint8Array) => void;
  /** Is told of lines that cannot be read, which are then left out. Without it the first of them is an error. */
  readonly onDamage?: OnDamagedRow;
}

/**
 * Rows of an NDJSON file: one JSON value a line. Empty lines, CRLF and a byte order mark in front are fine; a line that
 * is cut, not UTF-8, not JSON, longer than 16 MiB or deeper than 1,000 levels is an error that names the line.
 * @throws RecoveryError `file-unavailable` when the file cannot be opened.
 */
export function ndjsonRows(file: string, options: NdjsonRowOptions = {}): RowSource {
  const compression = options.compression ?? 'none';
  const chunkBytes = options.chunkBytes ?? defaultChunkBytes;
  const bytes = fileBytes(file);
  return {
    file,
    format: 'ndjson',
    compression,
    bytes,
    open: (from = startOfRows, onDamage = options.onDamage) =>
      openNdjson(file, compression, chunkBytes, from, options.onBytes, onDamage),
  };
}

function openNdjson(
  file: string,
  compression: RowCompression,
  chunkBytes: number,
  from: RowPosition,
  onBytes: NdjsonRowOptions['onBytes'],
  onDamage: OnDamagedRow | undefined,
): RowReader {
  const start = from.byte ?? 0;
  if (compression === 'none') assertLineStart(file, start);
  const opened = openByteChunks(file, compression, start, chunkBytes);
  return readNdjson(file, onBytes === undefined ? opened : watchedChunks(opened, onBytes), from, onDamage);
}

/** Reads NDJSON from pieces that begin at a position of the content; `file` names them in messages. */
export function readNdjson(file: string, chunks: ByteChunks, from: RowPosition, onDamage?: OnDamagedRow): RowReader {
  const start = from.byte ?? 0;
  const blocks = cutIntoLineBlocks(chunks, start, maxRowBytes);
  let lines = from.lines;
  let rows = from.rows;
  let failure: Error | null = null;
  let closed = false;

  /** The batch of a block; undefined for a block of empty lines only. */
  function batchOf(block: LineBlock): RowBatch | undefined {
    const parsed =
      onDamage === undefined ? parseLines(file, block, lines) : parseDamagedLines(file, block, lines, onDamage);
    failure = parsed.failure;
    if (parsed.values.length === 0) {
      lines = parsed.linesAfter;
      if (failure !== null) throw failure;
      return undefined;
    }
    const batch = asBatch(file, parsed, lines, rows);
    lines = parsed.linesAfter;
    rows += parsed.values.length;
    return batch;
  }

  function accept(block: LineBlock | 'too-long' | null): RowBatch | null | undefined {
    if (block === null) return null;
    if (block !== 'too-long') return batchOf(block);
    const place: RowPlace = { file, unit: 'line', number: lines + 1, byte: blocks.lineStart };
    const tooLarge = rowTooLarge(place);
    if (onDamage === undefined) throw (failure = tooLarge);
    onDamage({ place, error: tooLarge, bytes: null });
    blocks.skipLine();
    lines++;
    return undefined;
  }

  function next(): RowBatch | null | Promise<RowBatch | null> {
    for (;;) {
      if (closed) return null;
      if (failure !== null) throw failure;
      const block = blocks.next();
      if (block instanceof Promise) {
        return block.then((arrived) => {
          const batch = closed ? null : accept(arrived);
          return batch === undefined ? next() : batch;
        });
      }
      const batch = accept(block);
      if (batch !== undefined) return batch;
    }
  }

  return {
    next,
    get bytesRead() {
      return chunks.consumed;
    },
    conversions: noConversions,
    close() {
      closed = true;
      chunks.close();
    },
  };
}

function asBatch(file: string, parsed: ParsedLines, lines: number, rows: number): RowBatch {
  const { values, inexact, text, begins, ends, lineNumbers, bytePositions, nextBytes } = parsed;
  const textAt = (index: number): string => text.slice(begins[index], ends[index]);
  return {
    count: values.length,
    values,
    inexact,
    text: textAt,
    bytes: (index) => Buffer.from(textAt(index), 'utf8'),
    place: (index) => ({
      file,
      unit: 'line',
      number: lines + (lineNumbers[index] ?? 0) + 1,
      byte: bytePositions[index] ?? null,
    }),
    positionAfter: (index) => ({
      rows: rows + index + 1,
      lines: lines + (lineNumbers[index] ?? 0) + 1,
      byte: nextBytes[index] ?? null,
    }),
  };
}
