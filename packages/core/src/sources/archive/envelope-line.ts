import { isUtf8 } from 'node:buffer';
import type { PartitionId } from '../../model/log/partition-id.js';
import { isJson } from './event-value.js';
import { valueForms } from './archive-format.js';
import { storedTimeType, storedValue, type SegmentContent } from './segment-content.js';

/** One event as a line that can be imported again without loss: what JSON in one line cannot carry stands as base64. */
export function envelopeLine(partition: PartitionId, content: SegmentContent, index: number): string {
  const time = content.times[index] ?? NaN;
  const binaryKey = content.binaryKeys?.get(index);
  const head = {
    source: partition.source,
    topic: partition.topic,
    incarnation: partition.incarnation,
    partition: partition.partition,
    offset: String(content.offsets[index] ?? 0),
    timestamp: Number.isNaN(time) ? null : time,
    timestampType: storedTimeType(content, index),
    ...(binaryKey === undefined ? { key: content.keys()[index] ?? null } : { keyBase64: binaryKey.toString('base64') }),
    headers: content.headers?.[index] ?? null,
  };
  return `${JSON.stringify(head).slice(0, -1)},${valueMember(content, index)}}`;
}

function valueMember(content: SegmentContent, index: number): string {
  const bytes = storedValue(content, index);
  if (bytes === null) return '"value":null';
  const text = inlineText(bytes, content.row.valueForm !== valueForms.bytes);
  return text === null ? `"valueBase64":"${bytes.toString('base64')}"` : `"value":${text}`;
}

/**
 * The value's text where it can stand in the line as it is: JSON without line breaks and without blanks around it, which a
 * reader would not see. The text `null` would be read as a tombstone.
 */
function inlineText(bytes: Buffer, knownAsJson: boolean): string | null {
  if (!knownAsJson && !isUtf8(bytes)) return null;
  const text = bytes.toString('utf8');
  if (text === 'null' || /^\s|[\n\r\u2028\u2029]|\s$/.test(text)) return null;
  return knownAsJson || isJson(text) ? text : null;
}
