import type { Type } from 'avsc';
import type { LongForm, PayloadDecoder } from '../payload-decoder.js';
import type { RegisteredSchema } from '../registered-schema.js';
import { UndecodableValue, withoutInexact } from '../undecodable-value.js';
import { AvroInput } from './avro-input.js';
import { decimalText } from './decimal-text.js';
import { parseAvro, type ParsedAvro } from './parse-avro.js';

type Read = (input: AvroInput) => unknown;

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
 * The decoder of an Avro schema. The library parses the schema; the bytes are read here, since its own reader believes
 * counts, makes objects of classes, and patches texts that are not UTF-8.
 * @throws Error of the library when the schema cannot be used.
 */
export function compileAvro(avsc: typeof import('avsc'), schema: RegisteredSchema, longs: LongForm): PayloadDecoder {
  const parsed = parseAvro(avsc, schema);
  const read = readerOfTop(parsed, longs);
  return (payload) => {
    const input = new AvroInput(payload);
    const value = read(input);
    input.end();
    return input.inexact ? withoutInexact(value, 'a long that a number cannot hold exactly') : value;
  };
}

/** Confluent's serializers write bytes that are the whole value as they are, without their length. */
function readerOfTop(parsed: ParsedAvro, longs: LongForm): Read {
  return parsed.type.typeName === 'bytes'
    ? readerOfBytes(parsed, parsed.type, (input) => input.rest())
    : readerOf(parsed, parsed.type, longs, new Map());
}

/** `known` has the readers of named types, which may contain themselves. */
function readerOf(parsed: ParsedAvro, type: Type, longs: LongForm, known: Map<Type, Read>): Read {
  const inner = (part: Type): Read => readerOf(parsed, part, longs, known);
  const parts = type as unknown as TypeParts;
  switch (type.typeName) {
    case 'null':
      return () => null;
    case 'boolean':
      return readBoolean;
    case 'int':
      return (input) => input.int();
    case 'long':
      return longs === 'text' ? (input) => input.longText() : (input) => input.longOfValue();
    case 'float':
      return (input) => input.float();
    case 'double':
      return (input) => input.double();
    case 'string':
      return (input) => input.text();
    case 'bytes':
      return readerOfBytes(parsed, type, (input) => input.sizedBytes());
    case 'fixed':
      return readerOfBytes(parsed, type, (input) => input.bytes(parts.size));
    case 'enum':
      return readerOfChoice(parts.symbols.map((symbol) => () => symbol));
    case 'array':
      return readerOfArray(inner(parts.itemsType));
    case 'map':
      return readerOfMap(inner(parts.valuesType));
    case 'union:wrapped':
      return readerOfChoice(parts.types.map(inner));
    case 'record':
    case 'error': {
      const before = known.get(type);
      if (before !== undefined) return before;
      let fields: Read | null = null;
      const read: Read = (input) => fields?.(input);
      known.set(type, read);
      fields = readerOfRecord(parts.fields.map((field) => [field.name, inner(field.type)]));
      return read;
    }
    default:
      throw new Error('a type that is not understood');
  }
}

function readBoolean(input: AvroInput): boolean {
  const byte = input.byte();
  if (byte > 1) throw new UndecodableValue('not valid Avro: a boolean that is neither 0 nor 1');
  return byte === 1;
}

function readerOfBytes({ scales }: ParsedAvro, type: Type, bytes: (input: AvroInput) => Buffer): Read {
  const scale = scales.get(type);
  return scale === undefined ? (input) => bytes(input).toString('base64') : (input) => decimalText(bytes(input), scale);
}

function readerOfChoice(choices: readonly Read[]): Read {
  return (input) => {
    const choice = choices[input.long()];
    if (choice === undefined) throw new UndecodableValue('not valid Avro: a choice that the schema does not have');
    return choice(input);
  };
}

function readerOfArray(read: Read): Read {
  return (input) => {
    input.enter();
    const items: unknown[] = [];
    for (let count = input.blockCount(); count > 0; count = input.blockCount()) {
      for (let i = 0; i < count; i++) items.push(read(input));
    }
    input.leave();
    return items;
  };
}

function readerOfMap(read: Read): Read {
  return (input) => {
    input.enter();
    const entries: [string, unknown][] = [];
    for (let count = input.blockCount(); count > 0; count = input.blockCount()) {
      for (let i = 0; i < count; i++) entries.push([input.text(), read(input)]);
    }
    input.leave();
    // Unlike an assignment, it makes a field of `__proto__` like any other.
    return Object.fromEntries(entries);
  };
}

function readerOfRecord(fields: readonly (readonly [name: string, read: Read])[]): Read {
  if (fields.some(([name]) => name === '__proto__')) {
    return (input) => {
      input.enter();
      const record = Object.fromEntries(fields.map(([name, read]) => [name, read(input)]));
      input.leave();
      return record;
    };
  }
  return (input) => {
    input.enter();
    const record: Record<string, unknown> = {};
    for (const [name, read] of fields) record[name] = read(input);
    input.leave();
    return record;
  };
}
