import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
// The built package: a thread opens the log by its locator.
import { createArchiveWriter, openArchive } from '../../../dist/archive.js';
import { withSchemas, type WithSchemasOptions } from '../../../dist/schemas.js';
import openByLocator from '../../../dist/sources/schemas/schema-log-module.js';
import { scratchFolder, type ScratchFolder } from '../../testing/scratch-folder.js';
import { framed } from '../../../test/schemas/framed.js';
import { startSchemaRegistry, type TestRegistry } from '@eventmend/test-services';

const id = { source: 's', topic: 'orders', incarnation: '', partition: 0 };
const credentials = { username: 'anna', password: 'not-in-the-locator' };

const program = `
  import { parentPort, workerData } from 'node:worker_threads';
  const { default: open } = await import(workerData.locator.module);
  const log = await open(workerData.locator.options);
  const page = await log.read(workerData.request).next();
  parentPort.postMessage(page.values);
  log.close();
`;

describe('a log with schemas in another thread', () => {
  let registry: TestRegistry;
  let folder: ScratchFolder;

  beforeEach(async () => {
    registry = await startSchemaRegistry({ credentials });
    folder = scratchFolder();
    await registry.register('orders-value', { schema: '"long"' });
    process.env['TEST_REGISTRY_PASSWORD'] = credentials.password;
    const writer = createArchiveWriter(folder.file('a.archive'), { source: 's' });
    writer
      .partition(id)
      .append({ offset: 0, time: NaN, timeType: null, key: null, headers: null, value: framed(1, Buffer.of(2)) });
    writer.commit();
    writer.close();
  });
  afterEach(async () => {
    delete process.env['TEST_REGISTRY_PASSWORD'];
    folder.remove();
    await registry.close();
  });

  it.each(['registry', 'stored'])('is opened by its locator: %s', async (where) => {
    const { username } = credentials;
    const schemas: WithSchemasOptions['schemas'] =
      where === 'stored'
        ? { stored: [{ id: 1, type: 'AVRO', schema: '"long"', references: [] }] }
        : { registry: { url: registry.url, username, password: { env: 'TEST_REGISTRY_PASSWORD' } } };
    const log = withSchemas(openArchive(folder.file('a.archive')), { schemas, longs: 'text', topics: ['orders'] });
    expect(JSON.stringify(log.locator)).not.toContain(credentials.password);
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), {
      workerData: { locator: JSON.parse(JSON.stringify(log.locator)), request: { ...id, from: 0, to: 10 } },
    });
    expect(await once(worker, 'message')).toEqual([['1']]);
    log.close();
  });

  it('is refused when the locator names no log', async () => {
    for (const options of [null, {}, { log: {} }, { log: { module: 'x' } }, { log: 'x', schemas: {} }]) {
      await expect(openByLocator(options)).rejects.toMatchObject({ code: 'unusable-schema' });
    }
  });
});
