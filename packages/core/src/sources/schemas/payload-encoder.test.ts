import avsc from 'avsc';
import protobufjs from 'protobufjs';
import { describe, expect, it } from 'vitest';
import type { LongForm } from './payload-decoder.js';
import { compileWireEncoder } from './payload-encoder.js';
import type { RegisteredSchema, SchemaLanguage } from './registered-schema.js';

const registered = (type: SchemaLanguage, schema: unknown): RegisteredSchema => ({
  ...{ id: 258, type, references: [] },
  schema: typeof schema === 'string' ? schema : JSON.stringify(schema),
});

async function encoded(
  schema: RegisteredSchema,
  value: unknown,
  longs: LongForm = 'number',
  indexes: number[] | null = null,
) {
  const bytes = (await compileWireEncoder(schema, longs, indexes))(value);
  expect([...bytes.subarray(0, 5)]).toEqual([0, 0, 0, 1, 2]);
  return bytes.subarray(5);
}
async function refusal(schema: RegisteredSchema, value: unknown): Promise<unknown> {
  const encode = await compileWireEncoder(schema, 'number', null);
  try {
    encode(value);
  } catch (error) {
    return error;
  }
  return null;
}

const order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'small', type: 'int' },
    { name: 'ratio', type: 'double' },
    { name: 'half', type: 'float' },
    { name: 'note', type: ['null', 'string'] },
    {
      name: 'lines',
      type: { type: 'array', items: { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }] } },
    },
    { name: 'tags', type: { type: 'map', values: 'boolean' } },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['OPEN', 'DONE'] } },
    { name: 'raw', type: 'bytes' },
  ],
};
const value = {
  ...{ id: -4503599627370495, small: -2147483648, ratio: 0.1, half: 0.5, note: 'ä', state: 'DONE', raw: 'AP8=' },
  ...{ lines: [{ sku: 'a' }, { sku: '' }], tags: { b: true, a: false } },
};

describe('Avro', () => {
  it("is the same bytes as the library's own", async () => {
    const library = avsc.Type.forSchema(order as Parameters<typeof avsc.Type.forSchema>[0], { wrapUnions: 'always' });
    for (const note of ['ä', null]) {
      const wrapped = { ...value, note: note === null ? null : { string: note }, raw: Buffer.from('AP8=', 'base64') };
      expect(await encoded(registered('AVRO', order), { ...value, note })).toEqual(library.toBuffer(wrapped));
    }
    const { note: _, ...without } = value;
    const bare = { ...value, note: null, raw: Buffer.from('AP8=', 'base64') };
    expect(await encoded(registered('AVRO', order), without)).toEqual(library.toBuffer(bare));
  });

  it.each([
    [{ ...value, id: 1.5 }, '$.id'],
    [{ ...value, small: 2147483648 }, '$.small'],
    [{ ...value, half: 0.1 }, '$.half'],
    [{ ...value, state: 'GONE' }, '$.state'],
    [{ ...value, raw: 'no base64!' }, '$.raw'],
    [{ ...value, lines: [{ sku: 'a' }, { sku: 7 }] }, '$.lines[1].sku'],
    [{ ...value, more: 1 }, '$.more'],
    [{ ...value, ratio: undefined }, '$.ratio'],
  ])('refuses what the schema cannot hold, with the path: %#', async (wrong, path) => {
    expect(await refusal(registered('AVRO', order), wrong)).toMatchObject({ name: 'UnencodableValue', path });
  });

  it('keeps every digit of decimals and of 64-bit integers', async () => {
    const money = registered('AVRO', { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 2 });
    expect((await encoded(money, '-12.50')).toString('hex')).toBe('fb1e');
    expect((await encoded(money, '1.28')).toString('hex')).toBe('0080');
    expect(await refusal(money, '1.234')).toMatchObject({ path: '$' });
    // As it is read back it has two digits: another text, and so not what the worker says.
    expect(await refusal(money, '1.2')).toMatchObject({ path: '$' });
    const long = registered('AVRO', '"long"');
    const library = avsc.Type.forSchema('long');
    expect(await encoded(long, '4503599627370495', 'text')).toEqual(library.toBuffer(4503599627370495));
    expect((await encoded(long, '9223372036854775807', 'text')).toString('hex')).toBe('feffffffffffffffff01');
    expect((await encoded(long, '-9223372036854775808', 'text')).toString('hex')).toBe('ffffffffffffffffff01');
    expect(await refusal(long, 2 ** 53)).toMatchObject({ path: '$' });
  });

  it('takes a branch of a union only where no other could hold the value', async () => {
    expect((await encoded(registered('AVRO', ['null', 'long', 'string']), 'x')).toString('hex')).toBe('040278');
    expect(await refusal(registered('AVRO', ['null', 'long', 'double']), 3)).toMatchObject({
      message: expect.stringContaining('several types') as string,
    });
    expect((await encoded(registered('AVRO', ['null', 'long', 'double']), 0.5)).subarray(0, 1).toString('hex')).toBe(
      '04',
    );
  });
});

describe('Protobuf', () => {
  const proto = `syntax = "proto3"; package shop;
    message Other { string x = 1; }
    message Order { int64 id = 1; int32 small = 2; string note = 3; repeated Line lines = 4; float half = 5; State state = 6; optional int32 maybe = 7;
      message Line { string sku = 1; } enum State { OPEN = 0; DONE = 1; } }`;
  const schema = registered('PROTOBUF', proto);
  const message = { id: 5, small: -1, note: 'n', lines: [{ sku: 'a' }], half: 0.5, state: 'DONE' };

  it("is the indexes of the message, and the library's own bytes", async () => {
    const type = protobufjs.parse(proto, { keepCase: true }).root.lookupType('shop.Order');
    const bytes = await encoded(schema, message, 'number', [1]);
    expect(bytes.subarray(0, 2).toString('hex')).toBe('0202');
    expect(bytes.subarray(2)).toEqual(Buffer.from(type.encode(type.fromObject(message)).finish()));
    expect((await encoded(schema, { x: 'y' }, 'number', [0])).toString('hex')).toBe('000a0179');
  });

  it.each([
    [{ ...message, small: 1.5 }, '$.small'],
    [{ ...message, note: 7 }, '$.note'],
    [{ ...message, half: 0.1 }, '$.half'],
    [{ ...message, more: true }, '$.more'],
    [{ ...message, state: 'GONE' }, '$.state'],
    [{ ...message, id: '5' }, '$.id'],
  ])('refuses what the schema would bend: %#', async (wrong, path) => {
    const encode = await compileWireEncoder(schema, 'number', [1]);
    expect(() => encode(wrong)).toThrow(expect.objectContaining({ name: 'UnencodableValue', path }) as Error);
  });

  it('does not guess which message is meant', async () => {
    await expect(compileWireEncoder(schema, 'number', null)).rejects.toMatchObject({ code: 'unusable-schema' });
  });
});

it('JSON Schema: the JSON text behind the number of the schema', async () => {
  expect((await encoded(registered('JSON', { type: 'object' }), { a: [1, null] })).toString()).toBe('{"a":[1,null]}');
});
