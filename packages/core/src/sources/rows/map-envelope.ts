import { parseOffset } from '../../model/event/offset.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { CompiledEnvelope } from './compile-mapping.js';
import type { MappedEvent, MappedTimeType } from './event-mapping.js';
import { jsonMemberText } from './json-member-text.js';
import { readHeaders } from './map-headers.js';
import { InexactNumber } from '../../model/json/exact-number.js';
import { nearestName } from '../../worker/nearest-name.js';
import { describeRowPlace, type RowPlace } from './row-source.js';

const members = new Set([
  'source',
  'topic',
  'incarnation',
  'partition',
  'offset',
  'timestamp',
  'timestampType',
  'key',
  'keyBase64',
  'headers',
  'value',
  'valueBase64',
  'id',
]);

type Envelope = Readonly<Record<string, unknown>>;

/** An event of a row that is a whole event in itself; see EnvelopeMapping for the form. */
export function mapEnvelope(
  row: unknown,
  text: string | null,
  mapping: CompiledEnvelope,
  place: () => RowPlace,
): MappedEvent {
  const envelope = readEnvelope(row, place);
  const { topic, partition, key } = envelope;
  const source = envelope['source'] ?? mapping.source;
  const incarnation = envelope['incarnation'] ?? '';
  const id = envelope['id'] ?? null;
  if (typeof source !== 'string' || source === '') throw bad('source', 'the name of the original log', place());
  if (typeof topic !== 'string' || topic === '') throw bad('topic', 'the name of a topic', place());
  if (typeof incarnation !== 'string') throw bad('incarnation', 'a text', place());
  if (typeof partition !== 'number' || !Number.isInteger(partition) || partition < 0 || partition >= 2 ** 31) {
    throw bad('partition', 'a whole number from 0', place());
  }
  if (key !== undefined && key !== null && typeof key !== 'string') throw bad('key', 'a text or null', place());
  if (id !== null && typeof id !== 'string') throw bad('id', 'a text or null', place());
  const headers = readHeaders(envelope['headers']);
  if (headers === undefined) throw bad('headers', 'an object of texts, a list of pairs, or null', place());
  return {
    source,
    topic,
    incarnation,
    partition,
    offset: parseOffset(envelope['offset'], `${describeRowPlace(place())}: offset`),
    time: readTimestamp(envelope['timestamp'], place),
    timeType: readTimeType(envelope['timestampType'], place),
    key: key ?? null,
    keyBytes: readBase64(envelope, 'keyBase64', 'key', place),
    headers,
    id,
    ...readValue(envelope, text, place),
  };
}

function readEnvelope(row: unknown, place: () => RowPlace): Envelope {
  if (row === null || typeof row !== 'object' || Array.isArray(row)) {
    throw new RecoveryError('invalid-field', `${describeRowPlace(place())}: an event must be an object`, {
      hint: 'form: envelope is for lines with topic, partition, offset, timestamp, key, headers and value',
    });
  }
  if (row instanceof InexactNumber) throw bad('the row', 'an object', place());
  for (const name in row) if (!members.has(name)) throw unknownMember(name, place());
  return row as Envelope;
}

type MappedValue = Pick<MappedEvent, 'valueKind' | 'value' | 'valueText' | 'valueBytes'>;

function readValue(envelope: Envelope, text: string | null, place: () => RowPlace): MappedValue {
  const bytes = readBase64(envelope, 'valueBase64', 'value', place);
  if (bytes !== null) return { valueKind: 'bytes', value: undefined, valueText: null, valueBytes: bytes };
  const value = envelope['value'];
  if (value === undefined) throw bad('value', 'there (null for a tombstone)', place());
  if (value === null) return { valueKind: 'none', value: undefined, valueText: null, valueBytes: null };
  return {
    valueKind: 'json',
    value,
    valueText: text === null ? null : jsonMemberText(text, 'value'),
    valueBytes: null,
  };
}

function readTimestamp(value: unknown, place: () => RowPlace): number {
  if (value === null || value === undefined) return NaN;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw bad('timestamp', 'milliseconds since 1970 or null', place());
}

function readTimeType(value: unknown, place: () => RowPlace): MappedTimeType | null {
  if (value === null || value === undefined) return null;
  if (value === 'create' || value === 'append') return value;
  throw bad('timestampType', '"create", "append" or null', place());
}

function readBase64(envelope: Envelope, name: string, besides: string, place: () => RowPlace): Uint8Array | null {
  const value = envelope[name];
  if (value === undefined || value === null) return null;
  if ((envelope[besides] ?? null) !== null) throw bad(name, `alone: ${besides} is there too`, place());
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'base64');
    if (bytes.toString('base64') === value) return bytes;
  }
  throw bad(name, 'base64 text', place());
}

function bad(name: string, expected: string, place: RowPlace): RecoveryError {
  return new RecoveryError('invalid-field', `${describeRowPlace(place)}: ${name} is not ${expected}`, {
    hint: 'form: envelope is for lines as "eventmend archive export" writes them',
    details: { ...place, column: name },
  });
}

function unknownMember(name: string, place: RowPlace): RecoveryError {
  const nearest = nearestName(name, members);
  return new RecoveryError(
    'invalid-field',
    `${describeRowPlace(place)}: an event has no member ${JSON.stringify(name.slice(0, 60))}`,
    {
      hint:
        nearest === null ? `its members are ${[...members].join(', ')}` : `did you mean ${JSON.stringify(nearest)}?`,
      details: { ...place, column: name, nearest },
    },
  );
}
