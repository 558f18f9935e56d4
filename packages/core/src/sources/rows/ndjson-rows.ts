import { maxRowBytes } from '../../model/json/value-limits.js';
import { arrayAsLines } from './array-as-lines.js';
import { assertRowStart } from './line-start.js';
import { defaultChunkBytes, fileBytes, openByteChunks, watchedChunks, type ByteChunks } from './byte-chunks.js';
import type { LineBlock } from './line-block.js';
import { cutIntoLineBlocks } from './line-blocks.js';
import { parseDamagedLines } from './parse-damaged-lines.js';
import { parseLines, type ParsedLines } from './parse-lines.js';
import { rowTooLarge } from './row-limits.js';
import {
  noConversions,
  startOfRows,
  type DamagedRow,
  type LineReader,
  type OnDamagedRow,
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
 * Rows of an NDJSON file: one JSON value a line, or of a document that is one JSON array of objects. Empty lines, CRLF and a byte order mark in front are fine; a line that
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
    ...(options.onBytes === undefined && {
      openLines: (from: RowPosition, blockBytes: number) => openLines(file, compression, blockBytes, from),
    }),
  };
}

function openLines(file: string, compression: RowCompression, blockBytes: number, from: RowPosition): LineReader {
  const { chunks, resumed } = openContent(file, compression, blockBytes, from);
  const content = arrayAsLines(file, chunks, resumed);
  const blocks = cutIntoLineBlocks(content, from.byte ?? 0, maxRowBytes);
  const accept = (block: LineBlock | 'too-long' | null): LineBlock | 'unusual' | null =>
    block === 'too-long' || (block !== null && content.isArray) ? 'unusual' : block;
  return {
    next() {
      const block = blocks.next();
      return block instanceof Promise ? block.then(accept) : accept(block);
    },
    get bytesRead() {
      return chunks.consumed;
    },
    close: () => {
      chunks.close();
    },
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
  const { chunks, resumed } = openContent(file, compression, chunkBytes, from);
  return readNdjson(file, onBytes === undefined ? chunks : watchedChunks(chunks, onBytes), from, onDamage, resumed);
}

/** The content behind a position, and whether it is the rest of one array. */
function openContent(
  file: string,
  compression: RowCompression,
  chunkBytes: number,
  from: RowPosition,
): { readonly chunks: ByteChunks; readonly resumed: (() => boolean | Promise<boolean>) | null } {
  const start = from.byte ?? 0;
  let resumed: (() => boolean | Promise<boolean>) | null = null;
  if (start > 0) resumed = () => isArrayFile(file, compression, chunkBytes);
  if (start > 0 && compression === 'none') {
    const isArray = isArrayFile(file, compression, chunkBytes) === true;
    assertRowStart(file, start, isArray);
    resumed = () => isArray;
  }
  return { chunks: openByteChunks(file, compression, start, chunkBytes), resumed };
}

/** Whether the file is one array, by its first bytes. */
function isArrayFile(file: string, compression: RowCompression, chunkBytes: number): boolean | Promise<boolean> {
  const lines = arrayAsLines(file, openByteChunks(file, compression, 0, chunkBytes), null);
  const seen = (): boolean => {
    lines.close();
    return lines.isArray;
  };
  const first = lines.next();
  return first instanceof Promise ? first.then(seen, seen) : seen();
}

/**
 * Reads NDJSON from pieces that begin at a position of the content; `file` names them in messages.
 * @param resumed for a position behind a row: whether the content is one array
 */
export function readNdjson(
  file: string,
  chunks: ByteChunks,
  from: RowPosition,
  onDamage?: OnDamagedRow,
  resumed: (() => boolean | Promise<boolean>) | null = null,
): RowReader {
  const start = from.byte ?? 0;
  const content = arrayAsLines(file, chunks, resumed);
  const blocks = cutIntoLineBlocks(content, start, maxRowBytes);
  const unit = (): RowPlace['unit'] => (content.isArray ? 'row' : 'line');
  let lines = from.lines;
  let rows = from.rows;
  let failure: Error | null = null;
  let closed = false;

  const tell = onDamage === undefined ? undefined : tellDamage;

  function tellDamage(row: DamagedRow): void {
    // Behind a quote that is missing, texts could be taken for elements: of a damaged array nothing is believed.
    if (content.isArray && row.error.code !== 'size-limit-exceeded') throw (failure = row.error);
    onDamage?.(row);
  }

  /** The batch of a block; undefined for a block of empty lines only. */
  function batchOf(block: LineBlock): RowBatch | undefined {
    const parsed =
      tell === undefined ? parseLines(file, block, lines, unit()) : parseDamagedLines(file, block, lines, tell, unit());
    failure = parsed.failure;
    if (parsed.values.length === 0) {
      lines = parsed.linesAfter;
      if (failure !== null) throw failure;
      return undefined;
    }
    const batch = asBatch(file, unit(), parsed, lines, rows);
    lines = parsed.linesAfter;
    rows += parsed.values.length;
    return batch;
  }

  function accept(block: LineBlock | 'too-long' | null): RowBatch | null | undefined {
    if (block === null) return null;
    if (block !== 'too-long') return batchOf(block);
    const place: RowPlace = { file, unit: unit(), number: lines + 1, byte: blocks.lineStart };
    const tooLarge = rowTooLarge(place);
    if (tell === undefined) throw (failure = tooLarge);
    tell({ place, error: tooLarge, bytes: null });
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

/** The rows of parsed lines, with so many lines and rows of the file in front of them. */
export function asBatch(
  file: string,
  unit: RowPlace['unit'],
  parsed: ParsedLines,
  lines: number,
  rows: number,
): RowBatch {
  const { values, inexact, texts, lineNumbers, bytePositions, nextBytes } = parsed;
  const textAt = (index: number): string => texts[index] ?? '';
  return {
    count: values.length,
    values,
    inexact,
    text: textAt,
    bytes: (index) => Buffer.from(textAt(index), 'utf8'),
    place: (index) => ({
      file,
      unit,
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
