import { gatherFields } from './gather-fields.js';
import { frameLength, provenLength } from './proven-length.js';

/**
 * Values of a segment as columns: all values of a field stand together, and an object is put together again without a parser.
 * Only what prints back the same may be stored so; `columnsThatPrintBack` makes sure of it.
 */
export interface ValueColumns {
  /** The number of values, those that are null included. */
  readonly count: number;
  readonly shapes: readonly ShapeColumns[];
  /** The shape of each value, `nullShape` for null; null where all values have the first shape. */
  readonly shapeOf: Uint8Array | null;
}

/** Objects with the same fields in the same order. */
export interface ShapeColumns {
  readonly names: readonly string[];
  /** How many values have this shape. */
  readonly count: number;
  /** One a name. */
  readonly columns: readonly ValueColumn[];
}

/** Numbers as they are; repeating texts, booleans and nulls by their number in a list; objects field by field; else JSON. */
export type ValueColumn =
  | { readonly kind: 'numbers'; readonly numbers: Int8Array | Int16Array | Int32Array | Float64Array }
  | { readonly kind: 'listed'; readonly of: Uint8Array | Uint16Array; readonly list: readonly unknown[] }
  | { readonly kind: 'objects'; readonly shape: ShapeColumns }
  | { readonly kind: 'values'; readonly list: readonly unknown[] };

/** Stands in `shapeOf` for a value that is null. */
export const nullShape = 255;

const mostShapes = 16;
const mostFields = 64;

/** Objects in objects up to this depth have columns of their own. */
const deepestColumns = 3;

/** The name that an object literal and an assignment take for its prototype: such objects stay text. */
const prototypeName = '__proto__';

interface ObjectsOfShape {
  readonly names: readonly string[];
  readonly objects: PlainObject[];
  /** Which of the values each object is. */
  readonly places: number[];
}

/**
 * Null where columns would not pay: values that are neither objects nor null, too many shapes, too many fields.
 * @param lengths is given the `provenLength` of each value, unless the answer is null
 */
export function columnsOf(values: readonly unknown[], lengths: Float64Array | null = null): ValueColumns | null {
  if (values.length === 0) return null;
  const shapes: ObjectsOfShape[] = [];
  const shapeOf = new Uint8Array(values.length);
  let nulls = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null) {
      shapeOf[i] = nullShape;
      if (lengths !== null) lengths[i] = provenLength(null);
      nulls++;
      continue;
    }
    if (!isObject(value)) return null;
    let found = shapes.findIndex(({ names }) => hasNames(value, names));
    if (found < 0) {
      const names = shapeNames(value);
      if (names === null || shapes.length === mostShapes) return null;
      found = shapes.push({ names, objects: [], places: [] }) - 1;
    }
    shapes[found]?.objects.push(value);
    shapes[found]?.places.push(i);
    shapeOf[i] = found;
  }
  return {
    count: values.length,
    shapes: shapes.map(({ names, objects, places }) =>
      shapeColumns(names, objects, 1, lengths === null ? null : { lengths, places }),
    ),
    shapeOf: shapes.length === 1 && nulls === 0 ? null : shapeOf,
  };
}

type PlainObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shapeNames(value: PlainObject): readonly string[] | null {
  const names = Object.keys(value);
  return names.length === 0 || names.length > mostFields || names.includes(prototypeName) ? null : names;
}

function hasNames(value: PlainObject, names: readonly string[]): boolean {
  let at = 0;
  for (const name in value) {
    if (names[at] !== name) return false;
    at++;
  }
  return at === names.length;
}

/** Where the lengths of values are added up. */
interface LengthsOfValues {
  readonly lengths: Float64Array;
  readonly places: readonly number[];
}

function shapeColumns(
  names: readonly string[],
  objects: readonly PlainObject[],
  depth: number,
  measured: LengthsOfValues | null = null,
): ShapeColumns {
  const fields = gatherFields(names, objects);
  if (measured !== null) addLengths(names, fields, measured);
  return { names, count: objects.length, columns: fields.map((values) => columnOf(values, depth)) };
}

function addLengths(
  names: readonly string[],
  fields: readonly (readonly unknown[])[],
  { lengths, places }: LengthsOfValues,
): void {
  const frame = frameLength(names);
  for (const place of places) lengths[place] = frame;
  for (const values of fields) {
    for (let i = 0; i < values.length; i++) {
      const place = places[i] as number;
      lengths[place] = (lengths[place] as number) + provenLength(values[i]);
    }
  }
}

function columnOf(values: readonly unknown[], depth: number): ValueColumn {
  return numbersOf(values) ?? listedOf(values) ?? objectsOf(values, depth) ?? { kind: 'values', list: values };
}

function numbersOf(values: readonly unknown[]): ValueColumn | null {
  let small = true;
  let largest = 0;
  for (const value of values) {
    if (typeof value !== 'number') return null;
    if ((value | 0) !== value) small = false;
    else largest = Math.max(largest, value < 0 ? -1 - value : value);
  }
  const numbers = values as readonly number[];
  if (!small) return { kind: 'numbers', numbers: new Float64Array(numbers) };
  if (largest < 2 ** 7) return { kind: 'numbers', numbers: new Int8Array(numbers) };
  return { kind: 'numbers', numbers: largest < 2 ** 15 ? new Int16Array(numbers) : new Int32Array(numbers) };
}

/** Null where an object or a list is among them, or where hardly any comes twice: looking it up would cost and save nothing. */
function listedOf(values: readonly unknown[]): ValueColumn | null {
  const numberOf = new Map<unknown, number>();
  const of = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'object' && value !== null) return null;
    let number = numberOf.get(value);
    if (number === undefined) {
      number = numberOf.size;
      if (number > i / 2 + 16 || number > 0xffff) return null;
      // A map takes -0 for 0; -0 does not print back and so is found out.
      numberOf.set(value, number);
    }
    of[i] = number;
  }
  return { kind: 'listed', of: numberOf.size <= 256 ? Uint8Array.from(of) : of, list: [...numberOf.keys()] };
}

function objectsOf(values: readonly unknown[], depth: number): ValueColumn | null {
  const [first] = values;
  if (depth === deepestColumns || !isObject(first)) return null;
  const names = shapeNames(first);
  if (names === null || !values.every((value) => isObject(value) && hasNames(value, names))) return null;
  return { kind: 'objects', shape: shapeColumns(names, values as readonly PlainObject[], depth + 1) };
}
