import { isUtf8 } from 'node:buffer';
import type { LogContent } from './event-log-content.js';

type Row = LogContent['rows'][number];

/** An event as a line of the envelope form, its value byte for byte. */
export function envelopeLine(row: Row): string {
  const { topic, partition, offset, time, key, keyBytes, headers, source } = row;
  const head = JSON.stringify({ source, topic, partition, offset: String(offset), timestamp: time, key, headers });
  const keyMember = keyBytes === null ? '' : `,"keyBase64":${JSON.stringify(Buffer.from(keyBytes).toString('base64'))}`;
  return `${head.slice(0, -1)}${keyMember},${valueMember(row)}}`;
}

function valueMember({ value, isJson }: Row): string {
  if (value === null) return '"value":null';
  const bytes = Buffer.from(value);
  if (isJson && isUtf8(bytes) && bytes.toString() !== 'null') return `"value":${bytes.toString()}`;
  return `"valueBase64":${JSON.stringify(bytes.toString('base64'))}`;
}
