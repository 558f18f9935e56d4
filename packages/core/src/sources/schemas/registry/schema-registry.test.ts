import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSchemaRegistry, type TestRegistry } from '@eventmend/test-services';
import { openSchemaRegistry, type RegistryOptions } from './schema-registry.js';

const quick: RegistryOptions = { retryDelayMs: 1 };
const text = '"string"';

describe('a schema registry', () => {
  let registry: TestRegistry;
  beforeEach(async () => void (registry = await startSchemaRegistry()));
  afterEach(() => registry.close());

  it('gives a schema of each language', async () => {
    const source = openSchemaRegistry({ url: registry.url }, quick);
    for (const schemaType of ['AVRO', 'PROTOBUF', 'JSON']) {
      const id = await registry.register('s', { schema: `"${schemaType}"`, schemaType });
      expect(await source.schema(id)).toEqual({ id, type: schemaType, schema: `"${schemaType}"`, references: [] });
    }
  });

  it('gives references with what they refer to themselves', async () => {
    await registry.register('a b/c', { schema: '"deep"' });
    await registry.register('middle', {
      schema: '"middle"',
      references: [{ name: 'd', subject: 'a b/c', version: 1 }],
    });
    const id = await registry.register('top', {
      schema: '"top"',
      references: [
        { name: 'm', subject: 'middle', version: 1 },
        { name: 'd', subject: 'a b/c', version: 1 },
      ],
    });
    const deep = { name: 'd', subject: 'a b/c', version: 1, schema: '"deep"', references: [] };
    expect(await openSchemaRegistry({ url: registry.url }, quick).schema(id)).toEqual({
      id,
      type: 'AVRO',
      schema: '"top"',
      references: [{ name: 'm', subject: 'middle', version: 1, schema: '"middle"', references: [deep] }, deep],
    });
    expect(registry.requests.filter((each) => each.includes('a%20b%2Fc'))).toHaveLength(1);
  });

  it('is asked once for a schema, also by many at the same time', async () => {
    const id = await registry.register('s', { schema: text });
    registry.delay(20);
    const source = openSchemaRegistry({ url: registry.url }, quick);
    await Promise.all(Array.from({ length: 20 }, () => source.schema(id)));
    await source.schema(id);
    expect(registry.requests).toEqual([`GET /schemas/ids/${id}`]);
  });

  it('may have a path before its own', async () => {
    const behind = await startSchemaRegistry({ prefix: '/behind/proxy' });
    const id = await behind.register('s', { schema: text });
    for (const url of [behind.url, `${behind.url}/`]) {
      expect(await openSchemaRegistry({ url }, quick).schema(id)).toMatchObject({ schema: text });
    }
    const wrong = openSchemaRegistry({ url: new URL(behind.url).origin }, quick);
    await expect(wrong.schema(id)).rejects.toMatchObject({ code: 'schema-registry-unavailable' });
    await behind.close();
  });

  it('is asked again when it is at fault or the connection breaks, a few times', async () => {
    const id = await registry.register('s', { schema: text });
    registry.fail(503, 0, 429);
    const source = openSchemaRegistry({ url: registry.url }, quick);
    expect(await source.schema(id)).toMatchObject({ schema: text });
    expect(registry.requests).toHaveLength(4);

    const other = await registry.register('s', { schema: '"int"' });
    registry.fail(500, 500, 500, 500);
    await expect(source.schema(other)).rejects.toMatchObject({
      code: 'schema-registry-unavailable',
      message: expect.stringContaining('the status 500 (tried 4 times)') as string,
    });
    expect(await source.schema(other), 'a failure is not remembered').toMatchObject({ schema: '"int"' });
  });

  it('is told when it does not answer in time, or is not there', async () => {
    registry.delay(500);
    const slow = openSchemaRegistry({ url: registry.url }, { timeoutMs: 20, retries: 1, retryDelayMs: 1 });
    await expect(slow.schema(1)).rejects.toMatchObject({
      code: 'schema-registry-unavailable',
      message: expect.stringContaining('within 20 ms') as string,
    });
    const gone = openSchemaRegistry({ url: `http://127.0.0.1:${await freePort()}` }, quick);
    await expect(gone.schema(1)).rejects.toMatchObject({
      code: 'schema-registry-unavailable',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('stops at once when it is to stop: in a request and between two', async () => {
    for (const [delay, retryDelayMs] of [
      [5000, 1],
      [0, 60_000],
    ] as const) {
      const stop = new AbortController();
      registry.delay(delay);
      registry.fail(503);
      const asked = openSchemaRegistry({ url: registry.url }, { signal: stop.signal, retryDelayMs }).schema(1);
      setTimeout(() => stop.abort(new Error('enough')), 50);
      await expect(asked).rejects.toThrow('enough');
      registry.delay(0);
    }
  });

  it('wants its user and password, and a refusal tells the user only', async () => {
    const closed = await startSchemaRegistry({ credentials: { username: 'anna', password: 'gehëim:1' } });
    const ask = (username: string | undefined, secret: string) =>
      openSchemaRegistry(
        { url: closed.url, ...(username === undefined ? {} : { username, password: { env: 'REGISTRY' } }) },
        { ...quick, readSecret: () => secret },
      ).schema(1);
    await expect(ask('anna', 'gehëim:1')).rejects.toMatchObject({ code: 'unusable-schema' });
    const refusal = await ask('anna', 'wrong-secret').catch((error: unknown) => error as Error);
    expect(refusal).toMatchObject({
      code: 'schema-registry-unavailable',
      message: expect.stringContaining('"anna"') as string,
    });
    expect(JSON.stringify([refusal, (refusal as Error).stack])).not.toContain('wrong-secret');
    await expect(ask(undefined, '')).rejects.toMatchObject({
      code: 'schema-registry-unavailable',
      message: expect.stringContaining('without a user') as string,
    });
    expect(closed.requests, 'a refusal is not repeated').toHaveLength(3);
    await closed.close();
  });

  it('says which schema it does not know, and which reference', async () => {
    const source = openSchemaRegistry({ url: registry.url }, quick);
    await expect(source.schema(77)).rejects.toMatchObject({ code: 'unusable-schema', details: { schemaId: 77 } });
    const id = await registry.register('s', { schema: text, references: [{ name: 'x', subject: 'gone', version: 3 }] });
    await expect(source.schema(id)).rejects.toMatchObject({
      code: 'unusable-schema',
      message: expect.stringContaining('version 3 of "gone"') as string,
    });
    const odd = await registry.register('s', { schema: text, schemaType: 'XML' });
    await expect(source.schema(odd)).rejects.toMatchObject({ code: 'unusable-schema' });
  });

  it('does not follow references in a circle', async () => {
    await registry.register('round', { schema: '"r"', references: [{ name: 'r', subject: 'round', version: 1 }] });
    await expect(openSchemaRegistry({ url: registry.url }, quick).schema(1)).rejects.toMatchObject({
      code: 'unusable-schema',
    });
  });

  it('is refused when its answer is too large or not of a registry', async () => {
    for (const body of [
      '<html>sign in</html>',
      '{}',
      '{"schema":1}',
      '{"schema":"x","references":[1]}',
      '[]',
      'null',
    ]) {
      registry.answerWith(body);
      await expect(openSchemaRegistry({ url: registry.url }, quick).schema(1)).rejects.toMatchObject({
        code: 'schema-registry-unavailable',
      });
    }
    registry.answerWith(JSON.stringify({ schema: 'x'.repeat(5 * 1024 * 1024) }));
    await expect(openSchemaRegistry({ url: registry.url }, quick).schema(1)).rejects.toMatchObject({
      code: 'schema-registry-unavailable',
      message: expect.stringContaining('4 MiB') as string,
    });
  });

  it.each(['registry:8081', 'ftp://x', '', 'http://anna:secret@127.0.0.1'])('is refused at the address %j', (url) => {
    expect(() => openSchemaRegistry({ url })).toThrow(
      expect.objectContaining({ code: 'schema-registry-unavailable' }) as Error,
    );
    expect(() => openSchemaRegistry({ url })).not.toThrow(/secret@/);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
