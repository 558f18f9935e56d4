import { maxRowBytes } from '../../model/json/value-limits.js';
import { byteOrderMark } from './byte-order-mark.js';
import { isBlank } from './detect-array.js';

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** One member of the object that is looked for, as it stands there: `"name": value`. */
export interface ScannedMember {
  readonly bytes: Buffer;
  /** Offset of its first byte in the content. */
  readonly at: number;
}

/** What is wrong with a document, for a message. */
export class NoObject extends Error {}

/**
 * Cuts the members of one object out of a JSON document that arrives in pieces: of the document itself, or of the object that
 * a path of names leads to. Only the members are looked at as text; that each is JSON is for the reader to find out.
 * @throws NoObject where the document has another form
 */
export class MemberScanner {
  readonly #path: readonly string[];
  /** What is open, the outermost first. */
  readonly #open: number[] = [];
  /** How many names of the path lead to where the scan stands. */
  #matched = 0;
  /** The object was there, and is closed. */
  #found = false;
  #inText = false;
  #escaped = false;
  /** The bytes of a name, or of a member, that is being read; null for none. */
  #kept: number[] | null = null;
  #keptAt = 0;
  /** A name of the path was read, and its value is next. */
  #isNext = false;
  /** In an object in front of the path's end: a name is expected. */
  #namesFollow = false;
  /** A comma was the last of the object's. */
  #owes = false;
  #seen = 0;
  #closed = false;

  constructor(path: readonly string[]) {
    this.#path = path;
  }

  /** The members that end in this piece. */
  take(piece: Uint8Array): readonly ScannedMember[] {
    const members: ScannedMember[] = [];
    for (const byte of piece) {
      const member = this.#take(byte);
      if (member !== null) members.push(member);
      this.#seen++;
    }
    return members;
  }

  end(): void {
    if (!this.#closed) throw new NoObject('is cut: it has no end');
    if (!this.#found) throw new NoObject(`has no object ${this.#path.join('.')}`);
  }

  #take(byte: number): ScannedMember | null {
    if (this.#inText) {
      this.#keep(byte);
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote) {
        this.#inText = false;
        if (this.#namesFollow) this.#endName();
      }
      return null;
    }
    if (isBlank(byte)) {
      if (this.#isInside) this.#keep(byte);
      return null;
    }
    if (this.#closed) throw new NoObject('has something behind its end');
    if (this.#open.length === 0) return this.#begin(byte);
    if (byte === quote) {
      if (this.#isNext) this.#refuseOther();
      this.#inText = true;
      if (this.#kept === null && (this.#isInside || this.#namesFollow)) this.#startKeeping();
      this.#keep(byte);
      return null;
    }
    if (byte === comma && this.#isInside && this.#open.length === this.#depth) return this.#endMember();
    if (byte === closeObject || byte === closeList) return this.#close(byte);
    if (byte === openObject || byte === openList) {
      this.#openUp(byte);
      return null;
    }
    if (byte === comma && !this.#isInside) this.#namesFollow = this.#leads;
    else if (byte !== colon && !this.#isInside && this.#isNext) this.#refuseOther();
    if (this.#isInside && this.#kept === null) throw new NoObject('has a member without a name');
    this.#keep(byte);
    return null;
  }

  #begin(byte: number): null {
    if (byteOrderMark[this.#seen] === byte) return null;
    if (byte !== openObject) throw new NoObject('is no object');
    this.#openUp(byte);
    return null;
  }

  /** How many things are open inside of the object that is looked for. */
  get #depth(): number {
    return this.#path.length + 1;
  }

  get #isInside(): boolean {
    return this.#matched === this.#path.length && this.#open.length >= this.#depth && !this.#found;
  }

  /** The innermost open object is one on the path, in front of its end. */
  get #leads(): boolean {
    return this.#open.length === this.#matched + 1 && this.#matched < this.#path.length && !this.#found;
  }

  #openUp(byte: number): void {
    const wasInside = this.#isInside;
    this.#open.push(byte);
    if (wasInside) {
      if (this.#kept === null) throw new NoObject('has a member without a name');
      this.#keep(byte);
      return;
    }
    if (this.#isNext) {
      if (byte !== openObject) this.#refuseOther();
      this.#isNext = false;
      this.#matched++;
    }
    this.#namesFollow = this.#leads;
  }

  #close(byte: number): ScannedMember | null {
    const isEnd = this.#isInside && this.#open.length === this.#depth;
    if (isEnd && this.#owes) throw new NoObject('has a comma with no member behind it');
    const member = isEnd && this.#kept !== null ? this.#endMember() : null;
    if (this.#open.pop() !== (byte === closeList ? openList : openObject))
      throw new NoObject('closes what is not open');
    if (isEnd) this.#found = true;
    else if (this.#isInside) this.#keep(byte);
    if (this.#matched > 0 && this.#open.length <= this.#matched) this.#matched = this.#open.length - 1;
    if (this.#open.length === 0) this.#closed = true;
    this.#namesFollow = false;
    return member;
  }

  #endName(): void {
    const name: unknown = JSON.parse(Buffer.from(this.#kept ?? []).toString('utf8'));
    this.#kept = null;
    this.#namesFollow = false;
    this.#isNext = name === this.#path[this.#matched];
  }

  #endMember(): ScannedMember {
    if (this.#kept === null) throw new NoObject('has a comma with no member in front of it');
    this.#owes = true;
    const member = { bytes: Buffer.from(this.#kept), at: this.#keptAt };
    this.#kept = null;
    return member;
  }

  #startKeeping(): void {
    this.#owes = false;
    this.#kept = [];
    this.#keptAt = this.#seen;
  }

  #keep(byte: number): void {
    if (this.#kept === null) return;
    this.#kept.push(byte);
    if (this.#kept.length > maxRowBytes) throw new NoObject('has a member above 16 MiB');
  }

  #refuseOther(): never {
    throw new NoObject(`has something else than an object at ${this.#path.slice(0, this.#matched + 1).join('.')}`);
  }
}
