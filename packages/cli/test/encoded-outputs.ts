import type { SchemaToRegister } from '@eventmend/test-services';
import type { Sent } from './publish-incident.js';

type Type = Sent['type'];

/** How a service with a registry writes its outputs, by hand: what is behind the number of the schema. */
export interface ValueForm {
  readonly name: string;
  readonly schemas: Readonly<Record<Type, SchemaToRegister>>;
  encode(type: Type, value: unknown): Buffer;
  decode(type: Type, bytes: Buffer): unknown;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}
const readVarint = (bytes: Buffer): number => bytes.reduce((sum, byte, index) => sum + (byte & 0x7f) * 128 ** index, 0);
const zigzag = (value: number): number => (value >= 0 ? value * 2 : -value * 2 - 1);
const readZigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
const centsOf = (value: unknown): number => (value as { cents: number }).cents;
const receiverOf = (value: unknown): Buffer => Buffer.from((value as { to: string }).to);

function double(value: unknown): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value as number);
  return bytes;
}

const avro: ValueForm = {
  name: 'Avro',
  schemas: {
    moved: avroSchema({ type: 'record', name: 'Moved', fields: [{ name: 'cents', type: 'long' }] }),
    balance: avroSchema({ type: 'record', name: 'Balance', fields: [{ name: 'cents', type: 'int' }] }),
    turnover: avroSchema('double'),
    mail: avroSchema({ type: 'record', name: 'Mail', fields: [{ name: 'to', type: 'string' }] }),
  },
  encode(type, value) {
    if (type === 'turnover') return double(value);
    if (type === 'mail') return Buffer.concat([Buffer.from([receiverOf(value).length * 2]), receiverOf(value)]);
    return Buffer.from(varint(zigzag(centsOf(value))));
  },
  decode(type, bytes) {
    if (type === 'turnover') return bytes.readDoubleLE(0);
    if (type === 'mail') return { to: bytes.subarray(1).toString() };
    return { cents: readZigzag(readVarint(bytes)) };
  },
};

function avroSchema(schema: unknown): SchemaToRegister {
  return { schema: JSON.stringify(schema) };
}

/** All messages stand in one file: which one a value is stands in front of it, and the service's is seldom the first. */
const messages: SchemaToRegister = {
  schemaType: 'PROTOBUF',
  schema: `syntax = "proto3";
package shop;
message Mail { string to = 1; }
message Moved { sint64 cents = 3; }
message Sums { message Balance { sint32 cents = 1; } }
`,
};
/** The place of the message in the file, as Confluent writes it: how many steps, and each of them; a zero alone for the first. */
const placeOfMessage = { mail: [0], moved: [2, 2], balance: [4, 4, 0], turnover: [] } as const;
const tagOf = { moved: 0x18, balance: 0x08, mail: 0x0a } as const;

const protobuf: ValueForm = {
  name: 'Protobuf, beside JSON',
  schemas: {
    ...{ moved: messages, balance: messages, mail: messages },
    // A number alone is no message: this output is written in another form.
    turnover: { schemaType: 'JSON', schema: '{"type": "number"}' },
  },
  encode(type, value) {
    if (type === 'turnover') return Buffer.from(JSON.stringify(value));
    const content = type === 'mail' ? [receiverOf(value).length, ...receiverOf(value)] : varint(zigzag(centsOf(value)));
    // A field that holds its default is left out.
    const isDefault = type !== 'mail' && centsOf(value) === 0;
    return Buffer.from([...placeOfMessage[type], ...(isDefault ? [] : [tagOf[type], ...content])]);
  },
  decode(type, bytes) {
    if (type === 'turnover') return JSON.parse(bytes.toString());
    const place = placeOfMessage[type];
    if (!bytes.subarray(0, place.length).equals(Buffer.from(place))) throw new Error(`another message than ${type}`);
    const [tag, ...content] = bytes.subarray(place.length);
    if (tag !== undefined && tag !== tagOf[type]) throw new Error(`another field: ${tag}`);
    if (type === 'mail') return { to: Buffer.from(content.slice(1)).toString() };
    return { cents: readZigzag(readVarint(Buffer.from(content))) };
  },
};

const objectOf = (properties: unknown): SchemaToRegister => ({
  schemaType: 'JSON',
  schema: JSON.stringify({ type: 'object', properties, additionalProperties: false }),
});

const jsonSchema: ValueForm = {
  name: 'JSON Schema',
  schemas: {
    moved: objectOf({ cents: { type: 'integer' } }),
    balance: objectOf({ cents: { type: 'integer' } }),
    turnover: { schemaType: 'JSON', schema: '{"type": "number"}' },
    mail: objectOf({ to: { type: 'string' } }),
  },
  encode: (_, value) => Buffer.from(JSON.stringify(value)),
  decode: (_, bytes) => JSON.parse(bytes.toString()),
};

export const valueForms: readonly ValueForm[] = [avro, protobuf, jsonSchema];
