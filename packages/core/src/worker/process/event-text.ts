import type { WorkerEvent } from '../worker.js';

/**
 * The text of an event as a process is sent it.
 * @param value what `valueText` made of its value
 */
export function eventText(event: WorkerEvent, now: number, value: string, isJson: boolean): string {
  const { source, incarnation, key, time, headers } = event;
  return (
    `{"topic":${JSON.stringify(event.topic)},"partition":${event.partition},"offset":"${event.offset}"` +
    `,"key":${key === null ? 'null' : JSON.stringify(key)},"time":${time ?? 'null'},"now":${nowText(now)}` +
    (source === '' ? '' : `,"source":${JSON.stringify(source)}`) +
    (incarnation === '' ? '' : `,"incarnation":${JSON.stringify(incarnation)}`) +
    (headers.length === 0 ? '' : `,"headers":${JSON.stringify(headers)}`) +
    (isJson ? `,"value":${value}}` : `,"valueBase64":${value}}`)
  );
}

/** The effective time as a process is told it: null before the first. */
export function nowText(now: number): string {
  return now === -Infinity ? 'null' : String(now);
}

/**
 * A value that is JSON goes as it stands in the log, so that no digit of it is lost; a line break in it can only be white
 * space.
 * @param isJson false for a value that is not JSON, which goes as Base64
 */
export function valueText(bytes: Uint8Array | null, isJson: boolean): string {
  if (!isJson) return `"${bufferOf(bytes).toString('base64')}"`;
  if (bytes === null) return 'null';
  const text = bufferOf(bytes).toString('utf8');
  return text.includes('\n') ? text.replaceAll('\n', ' ') : text;
}

function bufferOf(bytes: Uint8Array | null): Buffer {
  return bytes === null ? Buffer.alloc(0) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
