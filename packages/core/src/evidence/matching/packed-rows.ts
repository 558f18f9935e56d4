/** What a row may hold: plain values that survive being packed as they are. */
export type Cell = string | number | boolean | null;

const kinds = { null: 0, false: 1, true: 2, number: 3, narrow: 4, wide: 5 } as const;
/** Room that the first row is given. */
const firstRoom = 64;

/**
 * Rows packed into two blocks of memory, which the garbage collector need not look into: many rows that are kept for a while
 * as objects cost more than all that is done with them. Numbers, and lengths of texts, stand in one; in the other one byte
 * for the cells of a row, one for the kind of each, and behind that of a text its characters.
 */
export class PackedRows<Row extends readonly Cell[]> {
  #numbers = new Float64Array(0);
  #bytes = new Uint8Array(0);
  #numberCount = 0;
  #byteCount = 0;

  add(row: Row): void {
    if (row.length > 255) throw new RangeError('a packed row has 255 cells at most');
    this.#makeRoom(row);
    this.#bytes[this.#byteCount++] = row.length;
    for (let i = 0; i < row.length; i++) {
      const cell = row[i] as Cell;
      if (typeof cell === 'string') this.#addText(cell);
      else if (typeof cell === 'number') {
        this.#bytes[this.#byteCount++] = kinds.number;
        this.#numbers[this.#numberCount++] = cell;
      } else this.#bytes[this.#byteCount++] = cell === null ? kinds.null : cell ? kinds.true : kinds.false;
    }
  }

  /** What was added, for a file: its lengths, the numbers, the bytes. */
  chunks(): readonly Uint8Array[] {
    const lengths = new Float64Array([this.#numberCount, this.#byteCount]);
    // Filled up, so that numbers of the next ones in the file stand where numbers may stand.
    const padded = Math.ceil(this.#byteCount / 8) * 8;
    return [
      new Uint8Array(lengths.buffer),
      new Uint8Array(this.#numbers.buffer, 0, this.#numberCount * 8),
      this.#bytes.subarray(0, padded),
    ];
  }

  get isEmpty(): boolean {
    return this.#byteCount === 0;
  }

  /** Puts the rows behind others, in the order in which they were added. */
  unpackInto(rows: Row[]): void {
    unpackRows(this.#numbers, Buffer.from(this.#bytes.buffer, 0, this.#byteCount), rows);
  }

  /** Its memory stays, for the rows to come. */
  clear(): void {
    this.#numberCount = 0;
    this.#byteCount = 0;
  }

  #addText(text: string): void {
    const at = this.#byteCount;
    const bytes = this.#bytes;
    this.#numbers[this.#numberCount++] = text.length;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0xff) {
        this.#addWideText(text, at);
        return;
      }
      bytes[at + 1 + i] = unit;
    }
    bytes[at] = kinds.narrow;
    this.#byteCount = at + 1 + text.length;
  }

  /** By code units, so that a text that is no valid Unicode stays what it is. */
  #addWideText(text: string, at: number): void {
    const bytes = this.#bytes;
    bytes[at] = kinds.wide;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      bytes[at + 1 + 2 * i] = unit & 0xff;
      bytes[at + 2 + 2 * i] = unit >> 8;
    }
    this.#byteCount = at + 1 + 2 * text.length;
  }

  #makeRoom(row: Row): void {
    let bytes = 1 + row.length;
    for (let i = 0; i < row.length; i++) {
      const cell = row[i] as Cell;
      if (typeof cell === 'string') bytes += 2 * cell.length;
    }
    // Seven more, so that what is filled up for a file lies within.
    const needed = this.#byteCount + bytes + 7;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length, 8 * firstRoom));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    if (this.#numberCount + row.length > this.#numbers.length) {
      const larger = new Float64Array(Math.max(this.#numberCount + row.length, 2 * this.#numbers.length, firstRoom));
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
  }
}

/** Puts the rows of a file, which holds the chunks of one or several `PackedRows`, behind others. */
export function unpackFile<Row extends readonly Cell[]>(file: Buffer, rows: Row[]): void {
  // Numbers can only be looked at where they stand at a multiple of eight; a small file may lie anywhere.
  const aligned = file.byteOffset % 8 === 0 ? file : Buffer.from(new Uint8Array(file).buffer);
  for (let at = 0; at < aligned.length;) {
    const [numberCount = 0, byteCount = 0] = new Float64Array(aligned.buffer, aligned.byteOffset + at, 2);
    const numbers = new Float64Array(aligned.buffer, aligned.byteOffset + at + 16, numberCount);
    const from = at + 16 + numberCount * 8;
    unpackRows(numbers, aligned.subarray(from, from + byteCount), rows);
    at = from + Math.ceil(byteCount / 8) * 8;
  }
}

function unpackRows<Row extends readonly Cell[]>(numbers: Float64Array, bytes: Buffer, rows: Row[]): void {
  let number = 0;
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at++] as number;
    const row: Cell[] = [];
    for (let i = 0; i < length; i++) {
      const kind = bytes[at++];
      if (kind === kinds.number) row.push(numbers[number++] as number);
      else if (kind === kinds.narrow || kind === kinds.wide) {
        const size = (numbers[number++] as number) * (kind === kinds.wide ? 2 : 1);
        row.push(bytes.toString(kind === kinds.wide ? 'utf16le' : 'latin1', at, at + size));
        at += size;
      } else row.push(kind === kinds.null ? null : kind === kinds.true);
    }
    rows.push(row as unknown as Row);
  }
}
