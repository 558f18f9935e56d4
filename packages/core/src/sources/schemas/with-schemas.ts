import { describePartition } from '../../model/log/partition-id.js';
import { isRecoveryError, RecoveryError } from '../../model/errors/recovery-error.js';
import type { EventLog, LogLocator, PageReader, ReadRequest } from '../../model/log/event-log.js';
import type { EventPage } from '../../model/log/event-page.js';
import { decodePage, schemasOfPage } from './decode-page.js';
import type { LongForm } from './payload-decoder.js';
import type { RegisteredSchema, SchemaSource } from './registered-schema.js';
import { openSchemaRegistry, type RegistrySettings } from './registry/schema-registry.js';
import type { ReadSecret } from '../secrets/secret-source.js';
import { schemaDecoders, type SchemaDecoders, type UnknownSchemas } from './schema-decoders.js';
import { schemasFrom } from './stored-schemas.js';
import { moduleBeside } from '../log/module-beside.js';

/** Where schemas are, as plain JSON that another thread can be given. */
export type SchemaLocation = { readonly registry: RegistrySettings } | { readonly stored: readonly RegisteredSchema[] };

/** How values become plain data, as plain JSON that another thread can be given. */
export interface SchemaDecoding {
  /** Topics whose values are in the wire format; those of all others stay as the log gives them. All by default. */
  readonly topics?: readonly string[];
  /** What becomes of 64-bit integers, `number` by default. */
  readonly longs?: LongForm;
  /** What happens at a value whose schema is unknown or cannot be used, `stop` by default. */
  readonly unknownSchemas?: UnknownSchemas;
}

export interface WithSchemasOptions extends SchemaDecoding {
  /** A log whose schemas come from a source that is an object of this thread has no locator. */
  readonly schemas: SchemaLocation | SchemaSource;
  /** Reads the registry's password in this thread; others read it by themselves. */
  readonly readSecret?: ReadSecret;
}

/** The options of a locator, as the module of the locator reads them. */
export interface LocatedSchemas extends SchemaDecoding {
  readonly log: LogLocator;
  readonly schemas: SchemaLocation;
}

/** Schemas that are asked for at the same time. */
const requestsAtOnce = 8;

/**
 * The log with its values decoded by the schemas that they name, as plain JSON data. Values that are in no such form,
 * or not what their schema says, are undecodable with a reason, never dropped; tombstones, bytes, keys, headers and
 * offsets are the log's own. Schemas are got before a page is given: `next` gives a promise then, and answers at once
 * where the log does and all schemas are known. Closing it closes the log and ends what it asks of a registry.
 * @throws RecoveryError `schema-registry-unavailable` for an impossible address. Reading throws `missing-package` when
 *   a package for the schemas' language is missing, `secret-unavailable` without the registry's password,
 *   `schema-registry-unavailable` when the registry cannot be reached or refuses, `unusable-schema`, with the place of
 *   the event, when a schema is unknown or cannot be used.
 */
export function withSchemas(log: EventLog, options: WithSchemasOptions): EventLog {
  const { schemas, topics, longs = 'number', unknownSchemas = 'stop' } = options;
  const closing = new AbortController();
  const decoders = schemaDecoders(openSource(options, closing.signal), longs, unknownSchemas);
  const locator = 'schema' in schemas ? null : locatorOf(log, schemas, options);
  return {
    describe: () => log.describe(),
    read(request) {
      const inner = log.read(request);
      return topics === undefined || topics.includes(request.topic) ? decodeReader(inner, decoders, request) : inner;
    },
    ...(locator === null ? {} : { locator }),
    close() {
      closing.abort(new Error('the log was closed'));
      log.close();
    },
  };
}

function openSource({ schemas, readSecret }: WithSchemasOptions, signal: AbortSignal): SchemaSource {
  if ('schema' in schemas) return schemas;
  if ('stored' in schemas) return schemasFrom(schemas.stored);
  return openSchemaRegistry(schemas.registry, { signal, ...(readSecret === undefined ? {} : { readSecret }) });
}

function locatorOf(
  { locator }: EventLog,
  schemas: SchemaLocation,
  { topics, longs, unknownSchemas }: SchemaDecoding,
): LogLocator | null {
  if (locator === undefined) return null;
  const options: LocatedSchemas = {
    log: locator,
    schemas,
    ...(topics === undefined ? {} : { topics }),
    ...(longs === undefined ? {} : { longs }),
    ...(unknownSchemas === undefined ? {} : { unknownSchemas }),
  };
  return { module: moduleBeside(import.meta.url, 'schema-log-module'), options };
}

/** How the log of a locator is opened with its values decoded. */
export function locatorWithSchemas(log: LogLocator, schemas: SchemaLocation, decoding: SchemaDecoding): LogLocator {
  const options: LocatedSchemas = { log, schemas, ...decoding };
  return { module: moduleBeside(import.meta.url, 'schema-log-module'), options };
}

function decodeReader(inner: PageReader, decoders: SchemaDecoders, request: ReadRequest): PageReader {
  let closed = false;

  function decoded(page: EventPage | null): EventPage | null | Promise<EventPage | null> {
    if (page === null) return null;
    const missing = [...schemasOfPage(page)].filter(([id]) => decoders.get(id) === undefined);
    if (missing.length === 0) return decodePage(page, decoders.get);
    return loadAll(missing, decoders, (index) => `${describePartition(request)}@${page.offsets[index] ?? -1}`).then(
      () => (closed ? null : decodePage(page, decoders.get)),
    );
  }

  return {
    next() {
      const page = inner.next();
      return page instanceof Promise ? page.then(decoded) : decoded(page);
    },
    close() {
      closed = true;
      inner.close();
    },
  };
}

/** Of several schemas that fail, the one of the first event is told, whichever answer came first. */
async function loadAll(
  missing: readonly (readonly [id: number, index: number])[],
  decoders: SchemaDecoders,
  place: (index: number) => string,
): Promise<void> {
  for (let from = 0; from < missing.length; from += requestsAtOnce) {
    const some = missing.slice(from, from + requestsAtOnce);
    const outcomes = await Promise.allSettled(some.map(([id]) => decoders.load(id)));
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') throw placed(outcome.reason, place(some[at]?.[1] ?? -1));
    }
  }
}

function placed(error: unknown, event: string): unknown {
  if (!isRecoveryError(error) || error.code !== 'unusable-schema') return error;
  return new RecoveryError('unusable-schema', `${event}: ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
    details: { ...error.details, event },
  });
}
