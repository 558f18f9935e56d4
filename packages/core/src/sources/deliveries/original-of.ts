import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { EventHeaders, HeaderValue } from '../../model/log/event-page.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { DeliveryTopic } from './delivery-topic.js';

const largestPartition = 2 ** 31 - 1;

/**
 * The event that a record of a delivery topic delivers once more; null where its headers do not name one. A header that
 * stands there more than once counts as written last: that is the latest of several failures.
 * @throws RecoveryError `invalid-field` for a header that is there and is no topic, partition or offset
 */
export function originalOf(
  headers: EventHeaders | null,
  { headers: sets }: Pick<DeliveryTopic, 'headers'>,
): RecordedEventRef | null {
  if (headers === null) return null;
  for (const names of sets) {
    const topic = last(headers, names.topic);
    const partition = last(headers, names.partition);
    const offset = last(headers, names.offset);
    if (topic === null || partition === null || offset === null) continue;
    return {
      topic: topicIn(names.topic, topic),
      partition: numberIn(names.partition, partition, largestPartition),
      offset: numberIn(names.offset, offset, Number.MAX_SAFE_INTEGER),
    };
  }
  return null;
}

function last(headers: EventHeaders, name: string): HeaderValue {
  return headers.findLast(([candidate]) => candidate === name)?.[1] ?? null;
}

function topicIn(name: string, value: NonNullable<HeaderValue>): string {
  if (typeof value === 'string' && value !== '') return value;
  throw notIn(name, 'the name of a topic', value);
}

/**
 * Digits, or 4 or 8 bytes with the highest first. Such bytes arrive as text where they happen to be UTF-8, as those of small
 * numbers are. 8 bytes that are digits would be a number above all offsets, and 4 of them one above all partitions there are.
 */
function numberIn(name: string, value: NonNullable<HeaderValue>, largest: number): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? BigInt(value) : bigEndian(bytesOf(value));
  if (number !== null && number >= 0n && number <= BigInt(largest)) return Number(number);
  throw notIn(name, 'a number as text, or in 4 or 8 bytes', value);
}

function bytesOf(value: NonNullable<HeaderValue>): Buffer {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value.base64, 'base64');
}

function bigEndian(bytes: Buffer): bigint | null {
  if (bytes.length === 4) return BigInt(bytes.readInt32BE());
  return bytes.length === 8 ? bytes.readBigInt64BE() : null;
}

function notIn(name: string, wanted: string, value: NonNullable<HeaderValue>): RecoveryError {
  return new RecoveryError('invalid-field', `the header ${name} is not ${wanted}: ${JSON.stringify(value)}`, {
    hint: 'check "headers" of the delivery topic under "deliveries" in the incident file',
    details: { header: name },
  });
}
