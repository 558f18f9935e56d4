import type { RecordColumns } from '../batches/record-columns.js';
import type { KafkajsMessage } from './kafkajs-types.js';

/** What is taken of a message of kafkajs; its consumer gives messages without headers too. */
export type MessageParts = Pick<KafkajsMessage, 'value'> & Partial<Pick<KafkajsMessage, 'key' | 'headers'>>;

/** Adds a message as if it had been read from bytes: the parts that kafkajs has cut out, in a buffer of their own. */
export function addMessage(
  columns: RecordColumns,
  message: MessageParts,
  {
    offset,
    time,
    timeType,
  }: { readonly offset: number; readonly time: number; readonly timeType: 'append' | 'create' },
): void {
  const { key = null, value } = message;
  const headers = headersOf(message);
  const keyLength = key?.length ?? 0;
  const valueLength = value?.length ?? 0;
  columns.offsets.push(offset);
  columns.times.push(time < 0 ? NaN : time);
  columns.timeTypes.push(timeType);
  columns.sources.push(Buffer.concat([key ?? empty, value ?? empty, ...headers.map(packHeader)]));
  columns.keyStart.push(0);
  columns.keyLength.push(key === null ? -1 : keyLength);
  columns.valueStart.push(keyLength);
  columns.valueLength.push(value === null ? -1 : valueLength);
  columns.headersStart.push(keyLength + valueLength);
  columns.headerCount.push(headers.length);
}

const empty = Buffer.alloc(0);

/** As a record holds it: name and value, each behind its length as a zigzag varint. */
function packHeader([name, value]: readonly [string, Uint8Array | null]): Buffer {
  const bytes = Buffer.from(name, 'utf8');
  return Buffer.concat([zigzag(bytes.length), bytes, zigzag(value === null ? -1 : value.length), value ?? empty]);
}

function zigzag(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** The order of names that appear again is lost in kafkajs' decoder. */
function headersOf({ headers = {} }: MessageParts): readonly (readonly [string, Uint8Array | null])[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const values = Array.isArray(value)
      ? (value as readonly (Buffer | string)[])
      : [value as Buffer | string | undefined];
    return values.map((each) => [name, typeof each === 'string' ? Buffer.from(each) : (each ?? null)] as const);
  });
}
