import type { Type } from 'avsc';
import { fieldPath } from '../../../model/json/first-difference.js';
import type { RegisteredSchema } from '../registered-schema.js';
import { UnencodableValue } from '../unencodable-value.js';
import { parseAvro, type ParsedAvro } from './parse-avro.js';

type Write = (value: unknown, path: string, into: Buffer[]) => void;

/** What the types of the library are made of; each has what its `typeName` promises. */
interface TypeParts {
  readonly size: number;
  readonly symbols: readonly string[];
  readonly itemsType: Type;
  readonly valuesType: Type;
  readonly types: readonly Type[];
  readonly fields: readonly { readonly name: string; readonly type: Type }[];
}

/**
 * The encoder of an Avro schema: the decoder turned round. A choice is made only where one branch alone can hold the value: which one
 * the service would take cannot be told otherwise.
 * @throws Error of the library when the schema cannot be used.
 */
export function encodeAvro(avsc: typeof import('avsc'), schema: RegisteredSchema): (value: unknown) => Uint8Array {
  const parsed = parseAvro(avsc, schema);
  // Confluent's serializers write bytes that are the whole value as they are, without their length.
  const write =
    parsed.type.typeName === 'bytes'
      ? writerOfBytes(parsed, parsed.type, 'bare')
      : writerOf(parsed, parsed.type, new Map());
  return (value) => {
    const into: Buffer[] = [];
    write(value, '$', into);
    return Buffer.concat(into);
  };
}

/** `known` has the writers of named types, which may contain themselves. */
function writerOf(parsed: ParsedAvro, type: Type, known: Map<Type, Write>): Write {
  const inner = (part: Type): Write => writerOf(parsed, part, known);
  const parts = type as unknown as TypeParts;
  switch (type.typeName) {
    case 'null':
      return (value, path) => {
        if (value !== null && value !== undefined) throw new UnencodableValue(path, 'the schema has null there');
      };
    case 'boolean':
      return (value, path, into) => {
        if (typeof value !== 'boolean') throw new UnencodableValue(path, 'the schema has a boolean there');
        into.push(Buffer.from([value ? 1 : 0]));
      };
    case 'int':
      return (value, path, into) => into.push(varint(wholeNumber(value, path, 32)));
    case 'long':
      return (value, path, into) => into.push(varint(wholeNumber(value, path, 64)));
    case 'float':
      return (value, path, into) => {
        if (typeof value !== 'number' || Math.fround(value) !== value) {
          throw new UnencodableValue(path, 'the schema has a float there, which would round it');
        }
        const bytes = Buffer.alloc(4);
        bytes.writeFloatLE(value);
        into.push(bytes);
      };
    case 'double':
      return (value, path, into) => {
        if (typeof value !== 'number') throw new UnencodableValue(path, 'the schema has a double there');
        const bytes = Buffer.alloc(8);
        bytes.writeDoubleLE(value);
        into.push(bytes);
      };
    case 'string':
      return (value, path, into) => into.push(...sized(Buffer.from(textOf(value, path), 'utf8')));
    case 'bytes':
      return writerOfBytes(parsed, type, 'sized');
    case 'fixed':
      return writerOfBytes(parsed, type, parts.size);
    case 'enum':
      return (value, path, into) => {
        const index = parts.symbols.indexOf(textOf(value, path));
        if (index < 0) throw new UnencodableValue(path, 'the schema has no such symbol');
        into.push(varint(BigInt(index)));
      };
    case 'array':
      return writerOfArray(inner(parts.itemsType));
    case 'map':
      return writerOfMap(inner(parts.valuesType));
    case 'union:wrapped':
      return writerOfChoice(parts.types.map(inner));
    case 'record':
    case 'error': {
      const before = known.get(type);
      if (before !== undefined) return before;
      let fields: Write | null = null;
      const write: Write = (value, path, into) => fields?.(value, path, into);
      known.set(type, write);
      fields = writerOfRecord(parts.fields.map((field) => [field.name, inner(field.type)]));
      return write;
    }
    default:
      throw new Error('a type that is not understood');
  }
}

/** `bare` and `sized` are bytes without and with their length, a number is that of fixed ones. */
function writerOfBytes({ scales }: ParsedAvro, type: Type, form: 'bare' | 'sized' | number): Write {
  const scale = scales.get(type);
  return (value, path, into) => {
    const text = textOf(value, path);
    const bytes =
      scale === undefined
        ? base64(text, path)
        : unscaledBytes(unscaled(text, scale, path), typeof form === 'number' ? form : null, path);
    if (typeof form === 'number' && bytes.length !== form)
      throw new UnencodableValue(path, `the schema has ${form} bytes there`);
    into.push(...(form === 'sized' ? sized(bytes) : [bytes]));
  };
}

function writerOfArray(write: Write): Write {
  return (value, path, into) => {
    if (!Array.isArray(value)) throw new UnencodableValue(path, 'the schema has a list there');
    if (value.length > 0) into.push(varint(BigInt(value.length)));
    value.forEach((item, index) => write(item, `${path}[${index}]`, into));
    into.push(varint(0n));
  };
}

function writerOfMap(write: Write): Write {
  return (value, path, into) => {
    const entries = Object.entries(objectOf(value, path));
    if (entries.length > 0) into.push(varint(BigInt(entries.length)));
    for (const [name, each] of entries) {
      into.push(...sized(Buffer.from(name, 'utf8')));
      write(each, fieldPath(path, name), into);
    }
    into.push(varint(0n));
  };
}

function writerOfChoice(writers: readonly Write[]): Write {
  return (value, path, into) => {
    const fitting: { readonly index: number; readonly bytes: readonly Buffer[] }[] = [];
    let failure: UnencodableValue | null = null;
    writers.forEach((write, index) => {
      const bytes: Buffer[] = [];
      try {
        write(value, path, bytes);
        fitting.push({ index, bytes });
      } catch (error) {
        if (!(error instanceof UnencodableValue)) throw error;
        // The one that got furthest tells most.
        if (failure === null || error.path.length > failure.path.length) failure = error;
      }
    });
    const [one, another] = fitting;
    if (one === undefined) throw failure ?? new UnencodableValue(path, 'the schema has no type for it');
    if (another !== undefined)
      throw new UnencodableValue(
        path,
        'several types of a union can hold it, and which one the service takes cannot be told',
      );
    into.push(varint(BigInt(one.index)), ...one.bytes);
  };
}

function writerOfRecord(fields: readonly (readonly [name: string, write: Write])[]): Write {
  const names = new Set(fields.map(([name]) => name));
  return (value, path, into) => {
    const record = objectOf(value, path);
    // A field that is null or absent says the same in JSON and in a schema without it.
    const strange = Object.keys(record).find((name) => !names.has(name) && record[name] !== null);
    if (strange !== undefined) throw new UnencodableValue(fieldPath(path, strange), 'the schema has no such field');
    for (const [name, write] of fields)
      write(Object.hasOwn(record, name) ? record[name] : null, fieldPath(path, name), into);
  };
}

function objectOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new UnencodableValue(path, 'the schema has an object there');
}

function textOf(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw new UnencodableValue(path, 'the schema has a text there');
}

/** A number, or the text of one where 64-bit integers are texts. */
function wholeNumber(value: unknown, path: string, bits: number): bigint {
  const whole =
    typeof value === 'number' && Number.isSafeInteger(value)
      ? BigInt(value)
      : typeof value === 'string' && bits === 64 && /^-?(?:0|[1-9]\d{0,18})$/.test(value)
        ? BigInt(value)
        : null;
  if (whole !== null && BigInt.asIntN(bits, whole) === whole) return whole;
  throw new UnencodableValue(path, `the schema has an integer of ${bits} bits there`);
}

/** Zigzag, and seven bits in a byte, the lowest first. */
function varint(value: bigint): Buffer {
  let rest = BigInt.asUintN(64, value >= 0n ? value << 1n : ((-value - 1n) << 1n) | 1n);
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Buffer.from(bytes);
}

function sized(bytes: Buffer): readonly Buffer[] {
  return [varint(BigInt(bytes.length)), bytes];
}

function base64(text: string, path: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') === text) return bytes;
  throw new UnencodableValue(path, 'the schema has bytes there, which stand as base64');
}

/** The digits of a decimal without the point; it has at most `scale` of them behind it. */
function unscaled(text: string, scale: number, path: string): bigint {
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  const fraction = found?.[3] ?? '';
  if (found === null || fraction.length > scale) {
    throw new UnencodableValue(path, `the schema has a decimal with ${scale} digits behind the point there`);
  }
  const digits = BigInt(`${found[2] ?? ''}${fraction.padEnd(scale, '0')}`);
  return found[1] === '-' ? -digits : digits;
}

/** Two's complement, the highest byte first, in as few bytes as hold it or in `size`. */
function unscaledBytes(value: bigint, size: number | null, path: string): Buffer {
  let length = size ?? 1;
  while (size === null && BigInt.asIntN(length * 8, value) !== value) length++;
  if (BigInt.asIntN(length * 8, value) !== value)
    throw new UnencodableValue(path, `it does not fit into ${length} bytes`);
  return Buffer.from(
    BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, '0'),
    'hex',
  );
}
