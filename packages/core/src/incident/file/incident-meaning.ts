import { createHash } from 'node:crypto';
import { posix, resolve, dirname, join } from 'node:path';
import { canonicalJson } from '../../model/json/canonical-json.js';
import { defaultMaxStepMs, type OrderSpec } from '../../model/order/order-spec.js';
import type { ReplayTuning } from '../../evidence/inputs/recovery-inputs.js';
import { parseDuration } from './duration.js';
import { declaredGapsOf } from './declared-gaps-of.js';
import { deliveriesOf } from './deliveries-of.js';
import { externalRecordsOf, factsOf, totalRowsOf } from './external-records-of.js';
import { eventMappingOf } from './event-mapping-of.js';
import type { Incident } from './incident.js';
import type { IncidentDocument } from './incident-schema.js';
import { parseInstant } from './instant.js';
import { kafkaMeaning, kafkaOf } from './kafka-of.js';
import { decodingOf, logSchemasOf } from './log-schemas-of.js';
import { ledgerOf, outputsOf } from './records-of.js';
import type { Paths } from './paths.js';
import { stateOf } from './state-of.js';
import { workerMeaning, workerOf } from './worker-of.js';

/** Fills in the defaults and resolves the paths of a valid document. */
export function incidentOf(document: IncidentDocument, file: string): Incident {
  const folder = dirname(resolve(file));
  const meaning = meaningOf(document);
  const absolute = (path: string) => resolve(folder, path);
  const { log = {} } = document;
  const { kafka, schemas } = log;
  const store = document.store === undefined ? join(folder, '.eventmend') : absolute(document.store);
  return {
    file: resolve(file),
    name: document.name,
    digest: createHash('sha256').update(canonicalJson(meaning)).digest('hex'),
    worker: workerOf(document.worker, folder),
    log: {
      archives: meaning.log.archives.map(absolute),
      kafka: kafka === undefined ? null : kafkaOf(kafka, log.topics ?? [], { at: absolute, folder }),
      schemas: schemas === undefined ? null : logSchemasOf(schemas, { at: absolute, folder }),
      ndjson: meaning.log.ndjson.map(absolute),
      mapping: meaning.log.mapping,
      topics: meaning.log.topics,
      gaps: declaredGapsOf(log.gaps),
    },
    deliveries: deliveriesOf(document.deliveries),
    order: absoluteOrder(meaning.order, absolute, store),
    derivedOrder: derivedOrderOf(document),
    onset: meaning.onset,
    end: meaning.end,
    ...liveResources(document, { at: absolute, folder }),
    ...recordsOf(document, { at: absolute, folder }),
    trusted: meaning.trusted,
    trustedBehindOnset: meaning.trustedBehindOnset ?? [],
    // It changes what may be relied on, and no result: a run that was made before can be verified under it.
    reviewed: [...new Set(document.reviewed ?? [])],
    // So do totals: they tell whether a state is believed.
    totals: totalsOf(document.totals),
    deploys: deploysOf(document.deploys),
    references: Object.fromEntries(Object.entries(meaning.references).map(([name, path]) => [name, absolute(path)])),
    poison: meaning.poison,
    acceptGaps: meaning.acceptGaps,
    // What a report hides changes no result.
    masked: [...new Set(document.report?.mask ?? [])],
    store,
    tuning: tuningOf(document.tuning),
  };
}

/**
 * What the digest is taken of: everything that may change a result, with defaults filled in and one way to write each
 * thing. Comments, the order of keys, the store and the tuning are not in it, and paths stay relative, so that the same
 * folder on another machine is the same incident.
 */
function meaningOf(document: IncidentDocument) {
  const { log = {} } = document;
  return {
    name: document.name,
    worker: workerMeaning(document.worker),
    log: {
      archives: list(log.archive).map(plainPath),
      ...(log.kafka !== undefined && { kafka: kafkaMeaning(log.kafka) }),
      ...(log.schemas !== undefined && { schemas: decodingOf(log.schemas) }),
      ndjson: list(log.ndjson).map(plainPath),
      mapping: eventMappingOf(log.mapping, document.name),
      topics: log.topics ?? null,
      ...(log.gaps !== undefined && { gaps: declaredGapsOf(log.gaps) }),
    },
    ...(document.deliveries !== undefined && { deliveries: deliveriesOf(document.deliveries) }),
    order: orderOf(document.order),
    ...(document.order?.from !== undefined && { derivedOrder: derivedOrderOf(document) }),
    onset: document.onset === undefined ? null : parseInstant(document.onset),
    end: document.end === undefined ? null : parseInstant(document.end),
    ...liveMeaning(document),
    ...recordsMeaning(document),
    trusted: [...(document.trusted ?? [])].sort(),
    // Left out where it is not said, so that a file from before this is the same incident.
    ...(document.trusted_behind_onset !== undefined && {
      trustedBehindOnset: [...document.trusted_behind_onset].sort(),
    }),
    references: Object.fromEntries(
      Object.entries(document.references ?? {}).map(([name, at]) => [name, plainPath(at)]),
    ),
    poison: document.poison ?? 'stop',
    acceptGaps: document.accept?.gaps ?? false,
  };
}

/** What other systems recorded, by what it is used for. */
function recordsOf({ records = [] }: IncidentDocument, paths: Paths): Pick<Incident, RecordsMember> {
  return {
    recordNames: records.map(({ name }) => name),
    records: records.flatMap((each) => externalRecordsOf(each, paths) ?? []),
    facts: records.flatMap((each) => factsOf(each, paths) ?? []),
    totalRows: records.flatMap((each) => totalRowsOf(each, paths) ?? []),
  };
}

type RecordsMember = 'recordNames' | 'records' | 'facts' | 'totalRows';

/** Totals tell whether a state is believed; they change no result. */
function recordsMeaning(document: IncidentDocument): Partial<Pick<Incident, 'records' | 'facts'>> {
  const { records, facts } = recordsOf(document, { at: plainPath, folder: '.' });
  // Left out where there are none, so that a file from before this is the same incident.
  return { ...(records.length > 0 && { records }), ...(facts.length > 0 && { facts }) };
}

/** How the brokers of an output topic are reached changes no result. */
function liveMeaning(document: IncidentDocument) {
  const { snapshots, live } = liveResources(document, { at: plainPath, folder: '.' });
  const kafka = typeof document.live?.outputs === 'object' ? document.live.outputs.kafka : undefined;
  if (kafka === undefined || live.outputs === null) return { snapshots, live };
  return {
    snapshots,
    live: { ...live, outputs: { ...live.outputs, rows: { kind: 'kafka', ...kafkaMeaning(kafka) } } },
  };
}

/** What the service left besides its log. */
function liveResources({ snapshots = [], live }: IncidentDocument, paths: Paths): Pick<Incident, 'snapshots' | 'live'> {
  return {
    snapshots: (Array.isArray(snapshots) ? snapshots : [snapshots]).map((given) => stateOf(given, paths, null)),
    live: {
      state: live?.state === undefined ? null : stateOf(live.state, paths, 'live'),
      outputs: live?.outputs === undefined ? null : outputsOf(live.outputs, paths),
      ledger: live?.ledger === undefined ? null : ledgerOf(live.ledger, paths),
    },
  };
}

function orderOf(order: IncidentDocument['order']): OrderSpec {
  switch (order?.by) {
    case 'field':
      return { by: 'field', path: order.field ?? '' };
    case 'recorded':
      return { by: 'recorded', file: order.file === undefined ? '' : plainPath(order.file) };
    default:
      return { by: 'time', maxStepMs: parseDuration(order?.max_step ?? '') ?? defaultMaxStepMs };
  }
}

/** An order that is taken from records of the service stands in the store, as a recorded one. */
function absoluteOrder(order: OrderSpec, absolute: (path: string) => string, store: string): OrderSpec {
  if (order.by !== 'recorded') return order;
  return { by: 'recorded', file: order.file === '' ? join(store, 'recorded-order.ndjson') : absolute(order.file) };
}

function derivedOrderOf({ order }: IncidentDocument): Incident['derivedOrder'] {
  return order?.from === undefined ? null : { from: order.from, using: order.using ?? 'order' };
}

function tuningOf(tuning: IncidentDocument['tuning']): ReplayTuning {
  return {
    ...(tuning?.threads !== undefined && { threads: tuning.threads }),
    ...(tuning?.batch_events !== undefined && { batchEvents: tuning.batch_events }),
    ...(tuning?.batch_ms !== undefined && { batchMs: tuning.batch_ms }),
    ...(tuning?.cached_states !== undefined && { cachedStates: tuning.cached_states }),
    ...(tuning?.read_ahead !== undefined && { readAhead: tuning.read_ahead }),
    ...(tuning?.event_timeout_ms !== undefined && { eventTimeoutMs: tuning.event_timeout_ms }),
  };
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

function plainPath(path: string): string {
  return posix.normalize(path);
}

function totalsOf(totals: IncidentDocument['totals']): Incident['totals'] {
  return (totals ?? []).map(({ measure, value, within = 0, at, of = null, keys }) => ({
    measure,
    value,
    within,
    ...(keys !== undefined && { keys: list(keys) }),
    at: at === undefined ? null : parseInstant(at),
    of,
  }));
}

/** They help to read a diagnosis and change no result, so they are not part of the digest. */
function deploysOf(deploys: IncidentDocument['deploys']): Incident['deploys'] {
  return (deploys ?? []).flatMap(({ at, name }) => {
    const time = parseInstant(at);
    return time === null ? [] : [{ at: time, name }];
  });
}
