import { littleEndian, type PackedColumn, type PackedHead, type PackedShape } from './pack-columns.js';
import { nullShape, type ShapeColumns, type ValueColumn, type ValueColumns } from './value-columns.js';

/** Thrown inside of this file alone: what does not fit together makes the whole segment contradictory. */
class Contradiction extends Error {}

/** Null where the bytes are not what `packColumns` makes. They come from a file, so that nothing in them is trusted. */
export function unpackColumns(bytes: Buffer): ValueColumns | null {
  try {
    const headLength = bytes.readUInt32LE(0);
    const head = JSON.parse(bytes.toString('utf8', 4, 4 + headLength)) as PackedHead;
    const parts = new Parts(bytes, padded(4 + headLength));
    const shapeOf = head.mixed ? parts.take(head.count) : null;
    const shapes = head.shapes.map((shape) => unpackShape(shape, parts));
    parts.requireEnd();
    requireCounts(head.count, shapes, shapeOf);
    return { count: head.count, shapes, shapeOf };
  } catch (error) {
    if (error instanceof Contradiction || error instanceof SyntaxError || error instanceof TypeError) return null;
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** Every value has its object, and every object its value. */
function requireCounts(count: number, shapes: readonly ShapeColumns[], shapeOf: Uint8Array | null): void {
  const counts = shapes.map(() => 0);
  if (shapeOf === null) counts[0] = count;
  else
    for (const shape of shapeOf) {
      if (shape === nullShape) continue;
      require(shape < shapes.length);
      counts[shape] = (counts[shape] ?? 0) + 1;
    }
  require(shapes.every((shape, index) => shape.count === counts[index]));
  require(shapes.length > 0 || shapeOf !== null);
}

function unpackShape({ names, count, columns }: PackedShape, parts: Parts): ShapeColumns {
  require(Number.isSafeInteger(count) && count >= 0 && names.length === columns.length);
  require(names.every((name) => typeof name === 'string' && name !== '__proto__'));
  return { names, count, columns: columns.map((column) => unpackColumn(column, count, parts)) };
}

function unpackColumn(column: PackedColumn, count: number, parts: Parts): ValueColumn {
  switch (column[0]) {
    case 'i1':
      return { kind: 'numbers', numbers: new Int8Array(...parts.numbers(count, 1)) };
    case 'i2':
      return { kind: 'numbers', numbers: new Int16Array(...parts.numbers(count, 2)) };
    case 'i4':
      return { kind: 'numbers', numbers: new Int32Array(...parts.numbers(count, 4)) };
    case 'f8':
      return { kind: 'numbers', numbers: new Float64Array(...parts.numbers(count, 8)) };
    case 'l1':
    case 'l2': {
      const of =
        column[0] === 'l1' ? new Uint8Array(...parts.numbers(count, 1)) : new Uint16Array(...parts.numbers(count, 2));
      const list = parts.list(column[1]);
      for (const number of of) require(number < list.length);
      return { kind: 'listed', of, list };
    }
    case 'v': {
      const list = parts.list(column[1]);
      require(list.length === count);
      return { kind: 'values', list };
    }
    case 'o': {
      const shape = unpackShape(column[1], parts);
      require(shape.count === count);
      return { kind: 'objects', shape };
    }
    default:
      throw new Contradiction();
  }
}

class Parts {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  take(length: number): Buffer {
    require(Number.isSafeInteger(length) && length >= 0 && this.#at + length <= this.#bytes.length);
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += padded(length);
    return part;
  }

  /** What a typed array is made of: a view where the bytes lie well, else a copy. */
  numbers(count: number, size: 1 | 2 | 4 | 8): [buffer: ArrayBuffer, byteOffset: number, count: number] {
    const part = this.take(count * size);
    if (!littleEndian && size > 1) {
      const copy = Buffer.from(part);
      if (size === 2) copy.swap16();
      else if (size === 4) copy.swap32();
      else copy.swap64();
      return [new Uint8Array(copy).buffer, 0, count];
    }
    const aligned = part.byteOffset % size === 0 && part.buffer instanceof ArrayBuffer;
    return aligned ? [part.buffer, part.byteOffset, count] : [new Uint8Array(part).buffer, 0, count];
  }

  list(length: number): readonly unknown[] {
    const list: unknown = JSON.parse(this.take(length).toString('utf8'));
    require(Array.isArray(list));
    return list as readonly unknown[];
  }

  requireEnd(): void {
    require(this.#at === padded(this.#bytes.length));
  }
}

function require(holds: boolean): void {
  if (!holds) throw new Contradiction();
}
