import type { Enum, Field, MapField, Message, Type } from 'protobufjs';
import { InexactNumber } from '../../../model/json/exact-number.js';
import type { LongForm } from '../payload-decoder.js';
import { UndecodableValue } from '../undecodable-value.js';

export type Plain<From> = (value: From) => unknown;

type Fields = Readonly<Record<string, unknown>>;

/** What the library makes of a 64-bit integer. */
interface Long {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
  toNumber(): number;
  toString(): string;
}

/** Makes plain JSON data of decoded messages of a type; types are looked at once. */
export function plainMessages(
  protobufjs: typeof import('protobufjs'),
  longs: LongForm,
): (type: Type) => Plain<Message> {
  const known = new Map<Type, Plain<Message>>();

  function ofType(type: Type): Plain<Message> {
    const before = known.get(type);
    if (before !== undefined) return before;
    let fields: Plain<Message> | null = null;
    const plain: Plain<Message> = (message) => fields?.(message);
    known.set(type, plain);
    fields = ofFields(type.fieldsArray.map((field) => ofField(field.resolve())));
    return plain;
  }

  function ofField(field: Field): FieldPlan {
    const { name } = field;
    const one = ofValue(field);
    if (field instanceof protobufjs.MapField) {
      const key = keyText(field);
      return { name, absent: () => ({}), plain: (map) => plainMap(map as Fields, key, one) };
    }
    if (field.repeated) return { name, absent: () => [], plain: (list) => (list as readonly unknown[]).map(one) };
    const hasPresence = field.hasPresence || field.resolvedType instanceof protobufjs.Type;
    return { name, absent: hasPresence ? null : () => one(field.typeDefault), plain: one };
  }

  function ofValue({ type, resolvedType }: Field): Plain<unknown> {
    if (resolvedType instanceof protobufjs.Type) return ofType(resolvedType) as Plain<unknown>;
    if (resolvedType instanceof protobufjs.Enum) return enumName(resolvedType);
    if (type in protobufjs.types.long) return (long) => plainLong(long as Long, longs);
    if (type === 'float' || type === 'double') return plainFloat;
    return type === 'bytes' ? plainBytes : (value) => value;
  }

  /** Keys of 64 bits stand in the message as eight characters of their bytes; but for one that was left out, `0`. */
  function keyText({ keyType }: MapField): (key: string) => string {
    if (!(keyType in protobufjs.types.long)) return (key) => key;
    const unsigned = keyType === 'uint64' || keyType === 'fixed64';
    return (key) => (key.length === 8 ? (protobufjs.util.longFromHash(key, unsigned) as Long).toString() : key);
  }

  return ofType;
}

interface FieldPlan {
  readonly name: string;
  /** What is given for a field that the message does not have; null where it is then left out. */
  readonly absent: (() => unknown) | null;
  readonly plain: Plain<unknown>;
}

function ofFields(fields: readonly FieldPlan[]): Plain<Message> {
  return (message) => {
    const plain: Record<string, unknown> = {};
    for (const field of fields) {
      if (Object.hasOwn(message, field.name))
        plain[field.name] = field.plain((message as unknown as Fields)[field.name]);
      else if (field.absent !== null) plain[field.name] = field.absent();
    }
    return plain;
  };
}

function plainMap(map: Fields, key: (key: string) => string, value: Plain<unknown>): unknown {
  // Unlike an assignment, it makes a field of `__proto__` like any other.
  return Object.fromEntries(Object.entries(map).map(([name, each]) => [key(name), value(each)]));
}

/** A number that the schema has no name for stays a number: a newer producer may have one. */
function enumName({ valuesById }: Enum): Plain<unknown> {
  const names = new Map(Object.entries(valuesById).map(([number, name]) => [Number(number), name]));
  return (value) => names.get(value as number) ?? value;
}

function plainLong(long: Long, longs: LongForm): unknown {
  if (longs === 'text') return long.toString();
  const value = long.toNumber();
  return Number.isSafeInteger(value) ? value : new InexactNumber(long.toString());
}

function plainFloat(value: unknown): unknown {
  if (!Number.isFinite(value)) throw new UndecodableValue('a number that JSON does not have (NaN or infinite)');
  return value;
}

function plainBytes(value: unknown): unknown {
  return Buffer.from(value as Uint8Array).toString('base64');
}
