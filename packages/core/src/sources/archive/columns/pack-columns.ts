import { endianness } from 'node:os';
import type { ShapeColumns, ValueColumn, ValueColumns } from './value-columns.js';

/**
 * How columns stand in the bytes of a segment: the length of the head (4 bytes, little-endian), the head as JSON, then the
 * parts one behind the other, each padded to 8 bytes. Little-endian numbers, lists as JSON texts.
 */
export interface PackedHead {
  readonly count: number;
  /** Whether the first part is `shapeOf`. */
  readonly mixed: boolean;
  readonly shapes: readonly PackedShape[];
}

export interface PackedShape {
  readonly names: readonly string[];
  readonly count: number;
  readonly columns: readonly PackedColumn[];
}

/** Lengths are those of parts, in bytes without padding. */
export type PackedColumn =
  | readonly ['i1' | 'i2' | 'i4' | 'f8']
  | readonly ['l1' | 'l2', listLength: number]
  | readonly ['v', listLength: number]
  | readonly ['o', shape: PackedShape];

/** Columns are written and read on machines of this kind alone; on others values stay text, and reading copies. */
export const littleEndian = endianness() === 'LE';

export function packColumns(columns: ValueColumns): Buffer {
  const parts: Uint8Array[] = [];
  const add = (part: Uint8Array): number => {
    parts.push(part);
    const padding = (8 - (part.length % 8)) % 8;
    if (padding > 0) parts.push(new Uint8Array(padding));
    return part.length;
  };
  if (columns.shapeOf !== null) add(columns.shapeOf);
  const packed: PackedHead = {
    count: columns.count,
    mixed: columns.shapeOf !== null,
    shapes: columns.shapes.map((shape) => packShape(shape, add)),
  };
  const head = Buffer.from(JSON.stringify(packed), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const padding = Buffer.alloc((8 - ((4 + head.length) % 8)) % 8);
  return Buffer.concat([length, head, padding, ...parts]);
}

function packShape({ names, count, columns }: ShapeColumns, add: (part: Uint8Array) => number): PackedShape {
  return { names, count, columns: columns.map((column) => packColumn(column, add)) };
}

function packColumn(column: ValueColumn, add: (part: Uint8Array) => number): PackedColumn {
  const addList = (list: readonly unknown[]): number => add(Buffer.from(JSON.stringify(list), 'utf8'));
  switch (column.kind) {
    case 'numbers': {
      const { numbers } = column;
      add(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
      const size = numbers.BYTES_PER_ELEMENT;
      return [size === 1 ? 'i1' : size === 2 ? 'i2' : size === 4 ? 'i4' : 'f8'];
    }
    case 'listed': {
      const { of } = column;
      add(new Uint8Array(of.buffer, of.byteOffset, of.byteLength));
      return [of.BYTES_PER_ELEMENT === 1 ? 'l1' : 'l2', addList(column.list)];
    }
    case 'objects':
      return ['o', packShape(column.shape, add)];
    case 'values':
      return ['v', addList(column.list)];
  }
}
