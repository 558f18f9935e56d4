import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { ByteChunks } from './byte-chunks.js';
import { detectArray, isBlank, type ArrayDetection } from './detect-array.js';

const [lineFeed, carriageReturn, blank] = [0x0a, 0x0d, 0x20];
const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Content as lines, byte for byte as long as it was. */
export interface LinesOfContent extends ByteChunks {
  /** The content is one JSON array: what stands on a line is one of its elements. Known with the first piece. */
  readonly isArray: boolean;
}

/**
 * Lets a document that is one array of objects be read as lines: each comma between elements becomes a line
 * end; brackets and line ends outside become blanks. All other content passes as it is. Positions in the content stay right.
 * @param resumed for content that begins behind a row: whether it is the rest of such a document
 * @throws RecoveryError `unreadable-row` from `next` where the array is cut, or is not one
 */
export function arrayAsLines(
  file: string,
  chunks: ByteChunks,
  resumed: (() => boolean | Promise<boolean>) | null,
): LinesOfContent {
  let array: ArrayReading | null = null;
  /** Null as soon as it is clear what the content is. */
  let detection: ArrayDetection | null = detectArray();
  /** What arrived before that. */
  let held: Buffer[] = [];
  let failure: unknown = null;

  function decide(isArray: boolean, isInside: boolean): void {
    detection = null;
    if (isArray) array = newArrayReading(file, isInside);
  }

  /** The next piece of the lines; undefined where more has to arrive first. */
  function accept(chunk: Buffer | null): Buffer | null | undefined {
    let piece = chunk;
    if (detection !== null) {
      const isArray = chunk === null ? detection.end() : detection.take(chunk);
      if (chunk !== null && (isArray === null || held.length > 0)) held.push(Buffer.from(chunk));
      if (isArray === null) return undefined;
      decide(isArray, false);
      // The end of the content is told again by the next call.
      if (held.length > 0) piece = Buffer.concat(held);
      held = [];
    }
    if (piece === null) array?.end();
    else array?.take(piece);
    return piece;
  }

  function acceptOrFail(chunk: Buffer | null): Buffer | null | undefined {
    try {
      return accept(chunk);
    } catch (error) {
      throw (failure = error);
    }
  }

  function nextPiece(): Buffer | null | Promise<Buffer | null> {
    for (;;) {
      const chunk = chunks.next();
      if (chunk instanceof Promise) {
        return chunk.then((arrived) => {
          const piece = acceptOrFail(arrived);
          return piece === undefined ? nextPiece() : piece;
        });
      }
      const piece = acceptOrFail(chunk);
      if (piece !== undefined) return piece;
    }
  }

  return {
    next() {
      if (detection === null && array === null) return chunks.next();
      if (failure !== null) throw failure;
      if (detection === null || resumed === null) return nextPiece();
      const isArray = resumed();
      if (typeof isArray === 'boolean') {
        decide(isArray, true);
        return nextPiece();
      }
      return isArray.then((is) => {
        decide(is, true);
        return nextPiece();
      });
    },
    get isArray() {
      return array !== null;
    },
    get consumed() {
      return chunks.consumed;
    },
    close() {
      chunks.close();
    },
  };
}

interface ArrayReading {
  /** Changes the piece in place. */
  take(piece: Buffer): void;
  end(): void;
}

function newArrayReading(file: string, isInside: boolean): ArrayReading {
  const open: number[] = isInside ? [openList] : [];
  let state: 'before' | 'inside' | 'behind' = isInside ? 'inside' : 'before';
  let inText = false;
  let escaped = false;
  /** Something stands on the line that is being made. */
  let filled = false;
  /** A comma was the last. */
  let owes = false;
  let anything = false;

  function refuse(reason: string): never {
    throw new RecoveryError('unreadable-row', `${file}: the JSON array ${reason}`, {
      hint: 'fetch the file again; or make lines of it, one event a line, e.g. with jq -c ".[]"',
      details: { file },
    });
  }

  function outside(piece: Buffer, at: number, byte: number): void {
    if (isBlank(byte)) {
      if (byte === lineFeed || byte === carriageReturn) piece[at] = blank;
      return;
    }
    if (state === 'behind') refuse('has something behind its end');
    if (state === 'before') {
      if (byte !== openList) return; // a byte order mark
      piece[at] = blank;
      state = 'inside';
      open.push(byte);
      return;
    }
    if (open.length === 1 && byte === comma) {
      if (!filled) refuse('has a comma with no element in front of it');
      piece[at] = lineFeed;
      filled = false;
      owes = true;
      return;
    }
    if (byte === openObject || byte === openList) open.push(byte);
    else if (byte === closeObject || byte === closeList) {
      if (open.pop() !== (byte === closeList ? openList : openObject)) refuse('closes what is not open');
      if (open.length === 0) {
        if (owes && !filled) refuse('has a comma with no element behind it');
        piece[at] = blank;
        state = 'behind';
        return;
      }
    } else if (byte === quote) inText = true;
    filled = true;
  }

  return {
    take(piece) {
      for (let at = 0; at < piece.length; at++) {
        const byte = piece[at] as number;
        if (!inText) outside(piece, at, byte);
        else if (byte === lineFeed) refuse('has a line end inside of a text');
        else if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) inText = false;
      }
      anything ||= piece.length > 0;
    },
    end() {
      // Behind the last row nothing is left to read of a document that was whole.
      if (state !== 'behind' && (anything || !isInside)) refuse('is cut: it has no end');
    },
  };
}
