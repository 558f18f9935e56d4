import { isExactNumber } from './exact-number.js';

const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** So many digits and points in a row may be more than a double holds. */
const longRun = 16;

/**
 * Finds, in the bytes of JSON text, what may be a number that a double cannot give back: sixteen digits or points in a row,
 * or an exponent of three digits. Nearly all texts hold none, so this has to cost next to nothing: it looks at four bytes
 * at a time. What it finds is looked at closely elsewhere (`endOfHarmless`, `keepDigits`).
 */
export class DigitScan {
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  /** The byte that the first word begins with. */
  readonly #lead: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#lead = Math.min(bytes.length, (4 - (bytes.byteOffset & 3)) & 3);
    const words = isLittleEndian ? (bytes.length - this.#lead) >> 2 : 0;
    // Bytes too few for a word may lie where no word may begin.
    this.#words = words === 0 ? new Int32Array(0) : new Int32Array(bytes.buffer, bytes.byteOffset + this.#lead, words);
  }

  /** The index of a byte of the next such run or exponent that lies whole in the range; -1 where there is none. */
  next(from: number, to: number): number {
    const words = this.#words;
    const first = Math.max(0, (from - this.#lead + 3) >> 2);
    const end = Math.min(words.length, (to - this.#lead) >> 2);
    if (end - first < 3) return this.#nextByBytes(from, to);
    const bytes = this.#bytes;
    const head = this.#lead + 4 * first;
    for (let at = from; at < head; at++) if (isExponent(bytes, at, from, to)) return at - 1;
    let known = 0; // where the run ends that was looked at last
    let before = head > from ? (bytes[head - 1] as number) : 0;
    let index = first;
    // A run that is long enough covers three whole words, so one word of three is looked at for digits.
    for (; index + 2 < end; index += 3) {
      const one = words[index] as number;
      const two = words[index + 1] as number;
      const three = words[index + 2] as number;
      // For all bytes of a word at once: zero where an e stands behind a digit.
      const a = ((one | 0x20202020) ^ 0x65656565) | ((((one << 8) | before) & 0x70707070) ^ 0x30303030);
      const b = ((two | 0x20202020) ^ 0x65656565) | ((((two << 8) | (one >>> 24)) & 0x70707070) ^ 0x30303030);
      const c = ((three | 0x20202020) ^ 0x65656565) | ((((three << 8) | (two >>> 24)) & 0x70707070) ^ 0x30303030);
      before = three >>> 24;
      if (((((a - 0x01010101) & ~a) | ((b - 0x01010101) & ~b) | ((c - 0x01010101) & ~c)) & 0x80808080) !== 0) {
        const at = this.#lead + 4 * index;
        for (let i = at; i < at + 12; i++) if (isExponent(bytes, i, from, to)) return i - 1;
      }
      // Digits and points, and some other signs.
      if ((two & 0xe0e0e0e0) === 0x20202020) {
        const at = this.#lead + 4 * index + 4;
        if (at < known || !isRunByte(bytes[at] as number) || !isRunByte(bytes[at + 3] as number)) continue;
        known = endOfRun(bytes, at, to);
        if (known - startOfRun(bytes, at, from) >= longRun) return at;
      }
    }
    return this.#nextByBytes(Math.max(from, this.#lead + 4 * index - longRun), to);
  }

  #nextByBytes(from: number, to: number): number {
    const bytes = this.#bytes;
    for (let at = from; at < to; at++) {
      if (isExponent(bytes, at, from, to)) return at - 1;
      if (!isRunByte(bytes[at] as number)) continue;
      const end = endOfRun(bytes, at, to);
      if (end - at >= longRun) return at;
      at = end - 1;
    }
    return -1;
  }
}

/**
 * Looks closely at what `DigitScan` found at a byte, within bounds that a number does not cross: where it ends when it is
 * surely no number that loses digits, -1 when it may be one (or stands inside of a text, between commas and blanks).
 */
function endOfHarmless(bytes: Uint8Array, at: number, from: number, to: number): number {
  let begin = at;
  let end = at;
  while (begin > from && isNumberByte(bytes[begin - 1] as number)) begin--;
  while (end < to && isNumberByte(bytes[end] as number)) end++;
  const stands =
    (begin === from || standsBefore.has(bytes[begin - 1] as number)) &&
    (end === to || standsBehind.has(bytes[end] as number));
  return stands && !isExactNumber(asciiText(bytes, begin, end)) ? -1 : Math.max(end, at + 1);
}

/** True when the bytes of one JSON value, or of several, may hold a number that a double cannot give back. */
export function mayLoseDigits(bytes: Uint8Array, from = 0, to = bytes.length): boolean {
  return nextSuspect(new DigitScan(bytes), bytes, from, to) >= 0;
}

/** A byte of the first number that may lose digits; -1 where there is none. The range must not begin inside of one. */
export function nextSuspect(scan: DigitScan, bytes: Uint8Array, from: number, to: number): number {
  for (let at = scan.next(from, to); at >= 0;) {
    const end = endOfHarmless(bytes, at, from, to);
    if (end < 0) return at;
    at = scan.next(end, to);
  }
  return -1;
}

const blanks = [0x20, 0x09, 0x0a, 0x0d];
/** Blanks and `: , [` */
const standsBefore: ReadonlySet<number> = new Set([...blanks, 0x3a, 0x2c, 0x5b]);
/** Blanks and `, ] }` */
const standsBehind: ReadonlySet<number> = new Set([...blanks, 0x2c, 0x5d, 0x7d]);

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** A digit or a point. */
function isRunByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2e;
}

/** What the text of a number is made of. */
function isNumberByte(byte: number): boolean {
  return isRunByte(byte) || (byte | 0x20) === 0x65 || byte === 0x2d || byte === 0x2b;
}

/** True when an e stands here with a digit before it and three behind, and a sign perhaps. */
function isExponent(bytes: Uint8Array, at: number, from: number, to: number): boolean {
  if (((bytes[at] as number) | 0x20) !== 0x65 || at === from || !isDigit(bytes[at - 1])) return false;
  const sign = bytes[at + 1];
  const digits = at + (sign === 0x2b || sign === 0x2d ? 2 : 1);
  return digits + 3 <= to && isDigit(bytes[digits]) && isDigit(bytes[digits + 1]) && isDigit(bytes[digits + 2]);
}

function startOfRun(bytes: Uint8Array, at: number, from: number): number {
  while (at > from && isRunByte(bytes[at - 1] as number)) at--;
  return at;
}

function endOfRun(bytes: Uint8Array, at: number, to: number): number {
  while (at < to && isRunByte(bytes[at] as number)) at++;
  return at;
}
