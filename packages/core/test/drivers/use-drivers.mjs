// Imports every entry of core, then uses each driver: node use-drivers.mjs FILE. Prints what came of it as JSON.
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const file = process.argv[2];
const { exports } = createRequire(import.meta.url)('@eventmend/core/package.json');
const modules = {};
const imported = {};
for (const entry of Object.keys(exports).filter((name) => !name.endsWith('.json'))) {
  try {
    modules[entry] = await import(join('@eventmend/core', entry));
    imported[entry] = 'imported';
  } catch (error) {
    imported[entry] = String(error);
  }
}

const { createMemoryLog } = modules['.'] ?? {};
const at = { source: 's', topic: 'orders', incarnation: '', partition: 0, from: 0, to: 1 };

/** Reads one value in the wire format of schema registries: a zero, the schema's number, the payload. */
function readWithSchema(type, schema) {
  const events = [{ offset: 0, key: 'k', stored: Buffer.from([0, 0, 0, 0, 1, 0, 2]) }];
  const schemas = { stored: [{ id: 1, type, schema, references: [] }] };
  const log = modules['./schemas'].withSchemas(createMemoryLog({ source: 's', topic: 'orders', events }), { schemas });
  return log.read(at).next();
}

writeFileSync(file, Buffer.alloc(1024));
const databaseUrl = join(dirname(file), 'url');
writeFileSync(databaseUrl, 'postgres://127.0.0.1:1/none');
const uses = {
  archive: () => modules['./archive'].openArchive(file),
  runStore: () => modules['./sqlite'].openSqliteRunStore(join(dirname(file), 'run.sqlite'), { create: true }),
  lock: () => modules['./sqlite'].lockRun(join(dirname(file), 'lock'), 'r'),
  exported: () => {
    const { stateTable, writeExport } = modules['./engine'];
    return writeExport({ table: stateTable, rows: [], format: 'sqlite', file: join(dirname(file), 'state.sqlite') });
  },
  rowsOfSqlite: () => modules['./rows'].openRowStream({ kind: 'sqlite', file, from: { table: 't' } }),
  rowsOfPostgres: () =>
    modules['./rows'].openRowStream({ kind: 'postgres', url: { file: databaseUrl }, query: 'SELECT 1 AS n' }),
  rowsOfParquet: () => modules['./rows'].openRows(file, { format: 'parquet' }),
  kafka: () =>
    modules['./kafka'].openKafkaLog({ connection: { brokers: ['127.0.0.1:1'] }, topics: ['t'], patienceMs: 1 }),
  avro: () => readWithSchema('AVRO', '"int"'),
  protobuf: () => readWithSchema('PROTOBUF', 'syntax = "proto3"; message A { int32 n = 1; }'),
  json: () => readWithSchema('JSON', '{}'),
};
const used = {};
for (const [name, use] of Object.entries(uses)) {
  try {
    await use();
    used[name] = { code: 'none' };
  } catch (error) {
    used[name] = { code: error.code ?? String(error), message: error.message, hint: error.hint };
  }
}
process.stdout.write(JSON.stringify({ imported, used }));
