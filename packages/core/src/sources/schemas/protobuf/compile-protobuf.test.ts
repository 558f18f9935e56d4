import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { messageIndexes } from '../../../../test/schemas/framed.js';
import { compileSchema } from '../compile-schema.js';
import type { LongForm } from '../payload-decoder.js';
import type { SchemaReference } from '../registered-schema.js';

async function decode(
  schema: string,
  payload: Uint8Array,
  { longs = 'number', references = [] }: { longs?: LongForm; references?: readonly SchemaReference[] } = {},
): Promise<unknown> {
  return (await compileSchema({ id: 1, type: 'PROTOBUF', schema, references }, longs))(payload);
}

function encode(schema: string, type: string, value: object, indexes: readonly number[] = [0]): Buffer {
  const message = protobuf.parse(schema, { keepCase: true }).root.lookupType(type);
  return Buffer.concat([messageIndexes(...indexes), message.encode(message.fromObject(value)).finish()]);
}

const everything = `
  syntax = "proto3";
  package acme.v1;
  message Everything {
    string some_text = 1;
    int64 big = 2;
    bytes raw = 3;
    Color color = 4;
    repeated sint32 list = 5;
    map<string, fixed64> map = 6;
    map<int64, string> by_number = 7;
    optional bool maybe = 8;
    oneof either { string left = 9; int32 right = 10; }
    Inner inner = 11;
    double ratio = 12;
    int32 constructor = 13;
    repeated Color colors = 14;
    message Inner { uint64 id = 1; }
  }
  enum Color { NONE = 0; RED = 5; }
`;

describe('Protobuf', () => {
  it('decodes every type to plain data, under the names of the schema', async () => {
    const value = {
      some_text: 'ü€😀',
      big: -9_007_199_254_740_991,
      raw: Buffer.of(0, 255),
      color: 'RED',
      list: [1, -1],
      map: { a: 1, ['__proto__']: 2 },
      by_number: { '-5': 'five' },
      maybe: false,
      left: '',
      inner: { id: 7 },
      ratio: 0.1,
      constructor: 3,
      colors: [5, 77],
    };
    const decoded = await decode(everything, encode(everything, 'acme.v1.Everything', value));
    expect(JSON.parse(JSON.stringify(decoded))).toEqual(
      JSON.parse(JSON.stringify({ ...value, raw: 'AP8=', colors: ['RED', 77] })),
    );
    expect(JSON.stringify(decoded)).toContain('"map":{"a":1,"__proto__":2}');
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
  });

  it('gives fields that have no presence with their default, and leaves the others out', async () => {
    expect(await decode(everything, Buffer.of(0))).toEqual({
      some_text: '',
      big: 0,
      raw: '',
      color: 'NONE',
      list: [],
      map: {},
      by_number: {},
      ratio: 0,
      constructor: 0,
      colors: [],
    });
    const old = 'syntax = "proto2"; message A { optional int32 a = 1 [default = 5]; repeated int32 b = 2; }';
    expect(await decode(old, Buffer.of(0))).toEqual({ b: [] });
  });

  it('keeps integers of 64 bits that a number holds exactly and refuses others, or gives all as text', async () => {
    const payload = encode(everything, 'acme.v1.Everything', { big: '9007199254740993', by_number: { 5: 'x' } });
    await expect(decode(everything, payload)).rejects.toThrow('exactly');
    const text = await decode(everything, payload, { longs: 'text' });
    expect(text).toMatchObject({ big: '9007199254740993', by_number: { 5: 'x' } });
    const huge = encode(everything, 'acme.v1.Everything', { inner: { id: '18446744073709551615' } });
    expect(await decode(everything, huge, { longs: 'text' })).toMatchObject({
      inner: { id: '18446744073709551615' },
      big: '0',
    });
  });

  it('gives keys of 64 bits as text, also where their bytes look like text', async () => {
    const like = BigInt.asIntN(64, Buffer.from('12345678').readBigUInt64LE());
    const schema = 'syntax = "proto3"; message A { map<sfixed64, int32> m = 1; }';
    const entry = Buffer.concat([Buffer.of(0, 10, 11, 9), Buffer.from('12345678'), Buffer.of(16, 1, 10, 2, 16, 2)]);
    expect(await decode(schema, entry)).toEqual({ m: { [String(like)]: 1, 0: 2 } });
  });

  it('finds the message that the indexes name, counting messages only', async () => {
    const schema = `
      syntax = "proto3"; package p.q;
      enum No { X = 0; }
      message A { string a = 1; map<string, int32> m = 2; message B { string b = 1; } enum E { Y = 0; } message C { string c = 1; } }
      service S { rpc do (A) returns (D); }
      message D { string d = 1; message E { message F { string f = 1; } } }`;
    const at = async (type: string, value: object, ...indexes: number[]) =>
      decode(schema, encode(schema, type, value, indexes));
    expect(await at('p.q.A', { a: 'x' }, 0)).toEqual({ a: 'x', m: {} });
    expect(await at('p.q.A.C', { c: 'x' }, 0, 1)).toEqual({ c: 'x' });
    expect(await at('p.q.D', { d: 'x' }, 1)).toEqual({ d: 'x' });
    expect(await at('p.q.D.E.F', { f: 'x' }, 1, 0, 0)).toEqual({ f: 'x' });
    // [0] may also be written out
    expect(await decode(schema, Buffer.from([2, 0, 10, 1, 120]))).toEqual({ a: 'x', m: {} });
    for (const indexes of [[2], [0, 2], [1, 0, 0, 0]]) {
      await expect(decode(schema, messageIndexes(...indexes))).rejects.toThrow('names a message');
    }
  });

  it('reads what a schema imports: references, of the same package too, and the files of Google', async () => {
    const money =
      'syntax = "proto3"; package p; import "google/protobuf/timestamp.proto"; message Money { int32 cents = 1; google.protobuf.Timestamp at = 2; }';
    const wallet =
      'syntax = "proto2"; package p; import public "p/money.proto"; message Wallet { optional Money money = 1; }';
    const schema = `
      syntax = "proto3"; package p;
      import "p/wallet.proto"; import "google/protobuf/descriptor.proto"; import "confluent/meta.proto";
      option (confluent.file_meta) = { doc: "x" };
      extend google.protobuf.FieldOptions { string note = 50000; }
      message Person { Wallet wallet = 1 [(note) = "x"]; }`;
    const toMoney = { name: 'p/money.proto', subject: 'money', version: 1, schema: money, references: [] };
    const toWallet = { name: 'p/wallet.proto', subject: 'w', version: 1, schema: wallet, references: [toMoney] };
    const payload = Buffer.from([0, 10, 8, 10, 6, 8, 7, 18, 2, 8, 9]);
    const expected = { wallet: { money: { cents: 7, at: { seconds: 9, nanos: 0 } } } };
    expect(await decode(schema, payload, { references: [toWallet] })).toEqual(expected);
    expect(await decode(schema, payload, { references: [toMoney, toWallet] })).toEqual(expected);
    await expect(decode(schema, payload)).rejects.toMatchObject({
      code: 'unusable-schema',
      message: expect.stringContaining('p/wallet.proto') as string,
    });
  });

  it.each([
    ['ends before', []],
    ['message indexes', [1]],
    ['message indexes', [0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['not a valid message', [0, 10, 5, 97]],
    ['not a valid message', [0, 10, 1, 0xff]],
    ['not a valid message', [0, 0x07]],
    ['NaN', [0, 97, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f]],
  ])('says %s', async (reason, bytes) => {
    await expect(decode(everything, Buffer.from(bytes))).rejects.toMatchObject({
      name: 'UndecodableValue',
      reason: expect.stringContaining(reason) as string,
    });
  });

  it('does not patch texts of proto2 either', async () => {
    const old = 'syntax = "proto2"; message A { optional string a = 1; required int32 b = 2; }';
    await expect(decode(old, Buffer.from([0, 10, 1, 0xff, 16, 1]))).rejects.toThrow('not a valid message');
    await expect(decode(old, Buffer.of(0))).rejects.toThrow('not a valid message');
  });

  it.each([
    'syntax = "proto3"; message',
    'syntax = "proto3"; message A { Unknown a = 1; }',
    'syntax = "proto3"; message A { int32 __proto__ = 1; }',
    'nonsense',
  ])('refuses the schema %s', async (schema) => {
    await expect(decode(schema, Buffer.of(0))).rejects.toMatchObject({ code: 'unusable-schema' });
  });
});
