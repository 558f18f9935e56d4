import type { Type } from 'avsc';
import type { RegisteredSchema, SchemaReference } from '../registered-schema.js';

export interface ParsedAvro {
  readonly type: Type;
  /** Digits behind the point of the types that are decimals. */
  readonly scales: ReadonlyMap<Type, number>;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Parses a schema behind those that it refers to. @throws Error of the library, or SyntaxError. */
export function parseAvro({ Type }: typeof import('avsc'), schema: RegisteredSchema): ParsedAvro {
  const scales = new Map<Type, number>();
  // Without a prototype: `constructor` is a name like others.
  const registry = Object.create(null) as Record<string, Type>;
  const typeHook = (part: unknown, options: object): Type | undefined => {
    const scale = decimalScale(part);
    if (scale === null) return undefined;
    const { logicalType: _, ...plain } = part as JsonObject;
    const type = Type.forSchema(plain as unknown as Parameters<typeof Type.forSchema>[0], options);
    scales.set(type, scale);
    return type;
  };
  const parse = (text: string): Type =>
    Type.forSchema(withoutDefaults(JSON.parse(text)) as Parameters<typeof Type.forSchema>[0], {
      registry,
      typeHook,
      wrapUnions: 'always',
      omitRecordMethods: true,
    });
  for (const reference of inOrder(schema.references)) parse(reference.schema);
  return { type: parse(schema.schema), scales };
}

/** Each reference once, behind everything that it refers to itself. */
function inOrder(references: readonly SchemaReference[]): readonly SchemaReference[] {
  const ordered = new Map<string, SchemaReference>();
  const visit = (reference: SchemaReference): void => {
    const key = JSON.stringify([reference.subject, reference.version]);
    if (ordered.has(key)) return;
    reference.references.forEach(visit);
    ordered.set(key, reference);
  };
  references.forEach(visit);
  return [...ordered.values()];
}

/**
 * Values are read by the schema that they were written with, which never needs a default; old registries hold some that
 * are not valid.
 */
function withoutDefaults(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutDefaults);
  if (typeof part !== 'object' || part === null) return part;
  const { default: _, ...rest } = part as JsonObject;
  return Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, withoutDefaults(inner)]));
}

/** Null for what is no decimal, or none by Avro's rules: it is then what lies under it. */
function decimalScale(part: unknown): number | null {
  if (typeof part !== 'object' || part === null) return null;
  const { type, logicalType, precision, scale = 0 } = part as JsonObject;
  if (logicalType !== 'decimal' || (type !== 'bytes' && type !== 'fixed')) return null;
  const valid = isCount(precision) && precision > 0 && isCount(scale) && scale <= precision;
  return valid ? scale : null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
