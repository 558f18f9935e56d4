import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { compileSchema } from '../compile-schema.js';
import type { LongForm } from '../payload-decoder.js';
import type { SchemaReference } from '../registered-schema.js';
import { decimalText } from './decimal-text.js';

type Schema = Parameters<typeof avsc.Type.forSchema>[0];

async function decode(
  schema: unknown,
  payload: Uint8Array,
  { longs = 'number', references = [] }: { longs?: LongForm; references?: readonly SchemaReference[] } = {},
): Promise<unknown> {
  const registered = { id: 1, type: 'AVRO', schema: JSON.stringify(schema), references } as const;
  return (await compileSchema(registered, longs))(payload);
}

function encode(schema: unknown, value: unknown): Buffer {
  return avsc.Type.forSchema(schema as Schema, { wrapUnions: true }).toBuffer(value);
}

/** A long as Avro writes it; the library's own writer is wrong near the limits of a number. */
function zigzag(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)); bytes.length === 0 || rest > 0n; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
  }
  return Buffer.from(bytes);
}

const record = (fields: Record<string, unknown>, name = 'R'): unknown => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
});

describe('Avro', () => {
  it('decodes every type to plain data', async () => {
    const schema = record({
      nothing: 'null',
      yes: 'boolean',
      int: 'int',
      long: 'long',
      float: 'float',
      double: 'double',
      text: 'string',
      bytes: 'bytes',
      fixed: { type: 'fixed', name: 'F', size: 2 },
      choice: { type: 'enum', name: 'E', symbols: ['A', 'B'] },
      list: { type: 'array', items: 'int' },
      map: { type: 'map', values: 'long' },
      constructor: 'int',
      time: { type: 'long', logicalType: 'timestamp-micros' },
    });
    const value = {
      nothing: null,
      yes: true,
      int: -2_147_483_648,
      long: -5_000_000_000,
      float: 0.5,
      double: 1e300,
      text: 'ü€😀',
      bytes: Buffer.of(0, 255),
      fixed: Buffer.of(1, 2),
      choice: 'B',
      list: [1, -1, 0],
      map: { a: 1, constructor: 2 },
      constructor: 5,
      time: 1_700_000_000_000_000,
    };
    const decoded = await decode(schema, encode(schema, value));
    const plain = { ...value, bytes: 'AP8=', fixed: 'AQI=' };
    expect(JSON.stringify(decoded)).toBe(JSON.stringify(plain));
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
  });

  it('gives the value of a union alone, however alike its branches are', async () => {
    const other = record({ x: 'int' }, 'Other');
    const schema = [
      'null',
      'int',
      'long',
      'string',
      record({ x: 'int' }, 'One'),
      other,
      { type: 'map', values: 'int' },
    ];
    const decoded = async (value: unknown) => decode(schema, encode(schema, value));
    expect(await decoded(null)).toBe(null);
    expect(await decoded({ long: 5 })).toBe(5);
    expect(await decoded({ Other: { x: 1 } })).toEqual({ x: 1 });
    expect(await decoded({ map: { int: 1 } })).toEqual({ int: 1 });
  });

  it('keeps longs that a number holds exactly and refuses others, or gives all as text', async () => {
    const exact = [0n, -1n, 1n, 63n, 64n, -65n, 2n ** 27n, -(2n ** 27n), 2n ** 31n, 2n ** 35n + 1n, 2n ** 53n - 1n];
    for (const value of [...exact, -(2n ** 53n) + 1n]) {
      expect(await decode('long', zigzag(value))).toBe(Number(value));
      expect(await decode('long', zigzag(value), { longs: 'text' })).toBe(String(value));
    }
    for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)]) {
      await expect(decode('long', zigzag(value))).rejects.toThrow('exactly');
      expect(await decode('long', zigzag(value), { longs: 'text' })).toBe(String(value));
    }
  });

  it('gives decimals as text, exactly', async () => {
    const decimal = (scale: number) => ({ type: 'bytes', logicalType: 'decimal', precision: 30, scale });
    const schema = record({
      a: decimal(2),
      b: ['null', { type: 'fixed', name: 'F', size: 4, logicalType: 'decimal', precision: 9 }],
    });
    const payload = Buffer.from([2, 0xfb, 2, 0, 0, 1, 0]);
    expect(await decode(schema, payload)).toEqual({ a: '-0.05', b: '256' });
    const invalid = { type: 'bytes', logicalType: 'decimal', precision: 2, scale: 3 };
    expect(await decode(record({ a: invalid }), Buffer.of(2, 1))).toEqual({ a: 'AQ==' });
    expect(decimalText(Buffer.alloc(0), 2)).toBe('0.00');
    expect(decimalText(Buffer.from('0102030405060708090a', 'hex'), 3)).toBe(
      String(0x0102030405060708090an).replace(/(?=...$)/, '.'),
    );
    expect(decimalText(Buffer.of(0x80), 0)).toBe('-128');
  });

  it('keeps __proto__ as a name like any other', async () => {
    const schema = record({ ['__proto__']: 'int', map: { type: 'map', values: { type: 'map', values: 'int' } } });
    const payload = Buffer.concat([Buffer.of(2, 2, 18), Buffer.from('__proto__'), Buffer.of(2, 2, 97, 4, 0, 0)]);
    const decoded = await decode(schema, payload);
    expect(JSON.stringify(decoded)).toBe('{"__proto__":1,"map":{"__proto__":{"a":2}}}');
    expect(({} as Record<string, unknown>)['a']).toBe(undefined);
  });

  it('reads schemas that refer to themselves and to others', async () => {
    const tree = record({ value: 'acme.Money', parts: { type: 'array', items: 'R' } });
    const money = { type: 'record', name: 'Money', namespace: 'acme', fields: [{ name: 'cents', type: 'acme.Cents' }] };
    const cents = {
      type: 'fixed',
      name: 'Cents',
      namespace: 'acme',
      size: 1,
      logicalType: 'decimal',
      precision: 2,
      scale: 1,
    };
    const toCents = { name: 'acme.Cents', subject: 'cents', version: 1, schema: JSON.stringify(cents), references: [] };
    const toMoney = {
      name: 'acme.Money',
      subject: 'm',
      version: 1,
      schema: JSON.stringify(money),
      references: [toCents],
    };
    const references = [toMoney, toCents];
    const decoded = await decode(tree, Buffer.of(5, 2, 7, 0, 0), { references });
    expect(decoded).toEqual({ value: { cents: '0.5' }, parts: [{ value: { cents: '0.7' }, parts: [] }] });
    await expect(decode(tree, Buffer.of(0))).rejects.toMatchObject({ code: 'unusable-schema' });
  });

  it('takes bytes that are the whole value as they are', async () => {
    expect(await decode('bytes', Buffer.from('abc'))).toBe(Buffer.from('abc').toString('base64'));
  });

  it('does not mind defaults that are not valid', async () => {
    const schema = { type: 'record', name: 'R', fields: [{ name: 'a', type: ['string', 'null'], default: null }] };
    expect(await decode(schema, Buffer.of(2))).toEqual({ a: null });
  });

  it.each([
    ['ends early', 'string', [10, 97]],
    ['left over', 'null', [0]],
    ['negative length', 'string', [1]],
    ['UTF-8', 'string', [2, 0xff]],
    ['neither 0 nor 1', 'boolean', [2]],
    ['32 bits', 'int', [0x80, 0x80, 0x80, 0x80, 0x20]],
    ['64 bits', 'long', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]],
    ['NaN', 'float', [0, 0, 0xc0, 0x7f]],
    ['infinite', 'double', [0, 0, 0, 0, 0, 0, 0xf0, 0x7f]],
    ['a choice', ['null', 'int'], [4]],
    ['a choice', { type: 'enum', name: 'E', symbols: ['A'] }, [1]],
    ['more items', { type: 'array', items: 'null' }, [0xfe, 0xff, 0xff, 0xff, 0x0f, 0]],
    ['nested deeper', { type: 'record', name: 'R', fields: [{ name: 'r', type: 'R' }] }, []],
  ])('says %s', async (reason, schema, bytes) => {
    await expect(decode(schema, Buffer.from(bytes))).rejects.toMatchObject({
      name: 'UndecodableValue',
      reason: expect.stringContaining(reason) as string,
    });
  });

  it.each([
    '{',
    '{"type":"nonsense"}',
    '{"type":"constructor"}',
    '"Unknown"',
    '{"type":"record","name":"R"}',
    'null',
    '7',
  ])('refuses the schema %s', async (schema) => {
    await expect(compileSchema({ id: 9, type: 'AVRO', schema, references: [] }, 'number')).rejects.toMatchObject({
      code: 'unusable-schema',
      details: { schemaId: 9 },
    });
  });
});
