import avsc from 'avsc';
import { createMemoryLog } from '../log/memory-log.js';
import type { EventLog, ReadRequest } from '../../model/log/event-log.js';
import type { EventPage } from '../../model/log/event-page.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../testing/scratch-folder.js';
import { framed, messageIndexes } from '../../../test/schemas/framed.js';
import { startSchemaRegistry, type TestRegistry } from '@eventmend/test-services';
import { createArchiveWriter } from '../archive/archive-writer.js';
import { openArchive } from '../archive/open-archive.js';
import { openSchemaRegistry } from './registry/schema-registry.js';
import { collectSchemas, schemasFrom } from './stored-schemas.js';
import { schemaIdOf } from './wire-format.js';
import { withSchemas } from './with-schemas.js';

const id = { source: 'memory', topic: 'orders', incarnation: '', partition: 0 };
const all: ReadRequest = { ...id, from: 0, to: 1_000_000 };

const order1 = { type: 'record', name: 'Order', fields: [{ name: 'cents', type: 'int' }] } as const;
const order2 = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'currency', type: 'string' },
    { name: 'cents', type: 'int' },
  ],
} as const;
const proto = 'syntax = "proto3"; message A { message B { string name = 1; } }';

type Schema = Parameters<typeof avsc.Type.forSchema>[0];
const avro = (schema: unknown, value: unknown): Buffer => avsc.Type.forSchema(schema as Schema).toBuffer(value);

function logOf(...stored: readonly (Uint8Array | null)[]): EventLog {
  return createMemoryLog({
    topic: 'orders',
    events: stored.map((value, offset) => ({ offset, key: `k${offset}`, headers: [['h', 'x']], stored: value })),
  });
}

/** The decoded values of the log, or why they are none. */
async function valuesOf(log: EventLog, request = all): Promise<readonly unknown[]> {
  const reader = log.read(request);
  const found: unknown[] = [];
  for (let page = await reader.next(); page !== null; page = await reader.next()) {
    for (let i = 0; i < page.count; i++) {
      const reason = page.undecodable?.get(i);
      found.push(reason === undefined ? page.values[i] : { reason });
    }
  }
  return found;
}

/** All of a page but its values. */
function columnsOf(page: EventPage): unknown {
  return Array.from({ length: page.count }, (_, i) => [
    page.offsets[i],
    page.timestamps[i],
    page.keys[i],
    page.headers?.[i],
    page.keyBytes(i),
    page.valueBytes(i),
  ]);
}

describe('a log with schemas', () => {
  let registry: TestRegistry;
  let avro1: number;
  let avro2: number;
  let protobuf: number;
  let json: number;

  beforeEach(async () => {
    registry = await startSchemaRegistry();
    avro1 = await registry.register('orders-value', { schema: JSON.stringify(order1) });
    avro2 = await registry.register('orders-value', { schema: JSON.stringify(order2) });
    protobuf = await registry.register('p', { schema: proto, schemaType: 'PROTOBUF' });
    json = await registry.register('j', { schema: '{"type":"object"}', schemaType: 'JSON' });
  });
  afterEach(() => registry.close());

  const everyLanguage = (): readonly (Uint8Array | null)[] => [
    framed(avro1, avro(order1, { cents: 5 })),
    framed(avro2, avro(order2, { currency: 'EUR', cents: 6 })),
    null,
    framed(protobuf, Buffer.concat([messageIndexes(0, 0), Buffer.of(10, 1, 120)])),
    framed(json, Buffer.from('{"anything":["goes"]}')),
    framed(avro1, Buffer.of(10, 0)),
    Buffer.from('{"plain":"JSON"}'),
    Buffer.alloc(0),
    framed(json, Buffer.from('{')),
  ];
  const expected = [
    { cents: 5 },
    { currency: 'EUR', cents: 6 },
    null,
    { name: 'x' },
    { anything: ['goes'] },
    { reason: 'schema 1: not valid Avro: bytes are left over' },
    { reason: 'not in the wire format of a schema registry (a zero byte and a schema number)' },
    { reason: 'not in the wire format of a schema registry (a zero byte and a schema number)' },
    { reason: 'schema 4: not JSON' },
  ];

  it('gives values of every language and version in one page, tombstones, and why a value is none', async () => {
    const log = withSchemas(logOf(...everyLanguage()), { schemas: { registry: { url: registry.url } } });
    expect(await valuesOf(log)).toEqual(expected);
    expect(registry.requests).toHaveLength(4);
  });

  it('leaves everything but the values as it is', async () => {
    const inner = logOf(...everyLanguage());
    const log = withSchemas(inner, { schemas: { registry: { url: registry.url } } });
    const withoutValues = async (from: EventLog) => columnsOf((await from.read(all).next()) as EventPage);
    expect(await withoutValues(log)).toEqual(await withoutValues(inner));
    expect(await log.describe()).toEqual(await inner.describe());
  });

  it('answers with a promise until the schemas are known, and at once from then on', async () => {
    const log = withSchemas(logOf(...everyLanguage()), { schemas: { registry: { url: registry.url } } });
    const first = log.read(all).next();
    expect(first).toBeInstanceOf(Promise);
    await first;
    const asked = registry.requests.length;
    const again = log.read(all).next() as EventPage;
    expect(again.values[0]).toEqual({ cents: 5 });
    expect(registry.requests).toHaveLength(asked);
    expect(
      withSchemas(logOf(null), { schemas: { registry: { url: registry.url } } })
        .read(all)
        .next(),
    ).toHaveProperty('count', 1);
  });

  it('waits for a log that answers later', async () => {
    const inner = logOf(...everyLanguage());
    const later: EventLog = {
      ...inner,
      read: (request) => {
        const reader = inner.read(request);
        return { next: async () => reader.next(), close: () => reader.close() };
      },
    };
    expect(await valuesOf(withSchemas(later, { schemas: { registry: { url: registry.url } } }))).toEqual(expected);
  });

  it('leaves the values of other topics to the log', async () => {
    const options = { schemas: { registry: { url: registry.url } }, topics: ['payments'] };
    const log = withSchemas(logOf(Buffer.from('{"plain":1}'), framed(avro1, Buffer.of(2))), options);
    expect(await valuesOf(log)).toEqual([{ plain: 1 }, { reason: 'not JSON' }]);
    expect(registry.requests).toEqual([]);
  });

  it('tells the first event whose schema is unknown, or makes such events undecodable', async () => {
    const inner = logOf(framed(avro1, Buffer.of(2)), framed(99, Buffer.of(2)), framed(98, Buffer.of(2)));
    const schemas = { registry: { url: registry.url } };
    await expect(valuesOf(withSchemas(inner, { schemas }))).rejects.toMatchObject({
      code: 'unusable-schema',
      message: expect.stringMatching(/^orders\[0\]@1: schema 99 /) as string,
      details: { event: 'orders[0]@1', schemaId: 99 },
    });
    expect(await valuesOf(withSchemas(inner, { schemas, unknownSchemas: 'undecodable' }))).toEqual([
      { cents: 1 },
      { reason: 'schema 99: the schema is unknown or cannot be used' },
      { reason: 'schema 98: the schema is unknown or cannot be used' },
    ]);
  });

  it('tells when the registry cannot be reached, and can be asked again', async () => {
    registry.fail(500, 500, 500, 500);
    const source = openSchemaRegistry({ url: registry.url }, { retryDelayMs: 1 });
    const log = withSchemas(logOf(framed(avro1, Buffer.of(2))), { schemas: source, unknownSchemas: 'undecodable' });
    await expect(valuesOf(log)).rejects.toMatchObject({ code: 'schema-registry-unavailable' });
    expect(await valuesOf(log)).toEqual([{ cents: 1 }]);
  });

  it('ends what it asks of a registry when it is closed', async () => {
    registry.delay(60_000);
    const log = withSchemas(logOf(framed(avro1, Buffer.of(2))), { schemas: { registry: { url: registry.url } } });
    const asked = log.read(all).next();
    setTimeout(() => log.close(), 20);
    await expect(asked).rejects.toThrow('the log was closed');
  });

  it('gives nothing more once its reader was closed', async () => {
    const log = withSchemas(logOf(framed(avro1, Buffer.of(2))), { schemas: { registry: { url: registry.url } } });
    const reader = log.read(all);
    const asked = reader.next();
    reader.close();
    expect(await asked).toBe(null);
    expect(await reader.next()).toBe(null);
  });

  it('gives long integers as text where it is told to', async () => {
    const schemaId = await registry.register('long', { schema: '"long"' });
    const log = withSchemas(logOf(framed(schemaId, Buffer.of(2))), {
      schemas: { registry: { url: registry.url } },
      longs: 'text',
    });
    expect(await valuesOf(log)).toEqual(['1']);
  });

  it('reads an archive, with schemas that were collected and stored as plain JSON', async () => {
    const folder = scratchFolder();
    const writer = createArchiveWriter(folder.file('a.archive'), { source: 'memory' });
    const values = everyLanguage();
    for (const [offset, value] of values.entries()) {
      writer.partition(id).append({ offset, time: NaN, timeType: null, key: null, headers: null, value });
    }
    writer.commit();
    writer.close();
    const ids = values.map((value) => (value === null ? null : schemaIdOf(value))).filter((each) => each !== null);
    const collected = await collectSchemas(ids, openSchemaRegistry({ url: registry.url }));
    expect(collected.map((schema) => schema.id)).toEqual([1, 2, 3, 4]);
    const stored = JSON.parse(JSON.stringify(collected)) as typeof collected;
    const asked = registry.requests.length;
    for (const schemas of [{ stored }, schemasFrom(stored)]) {
      const log = withSchemas(openArchive(folder.file('a.archive')), { schemas });
      expect(await valuesOf(log)).toEqual(expected);
      expect(log.locator === undefined).toBe(!('stored' in schemas));
      log.close();
    }
    expect(registry.requests).toHaveLength(asked);
    await expect(schemasFrom(stored).schema(5)).rejects.toMatchObject({ code: 'unusable-schema' });
    folder.remove();
  });
});
