import type { EventHeaders } from '../model/log/event-page.js';
import type { PartitionId } from '../model/log/partition-id.js';

/** One event that the contract puts into a log. */
export interface ContractEvent {
  readonly offset: number;
  /** Milliseconds; null for none. */
  readonly time: number | null;
  /** Null for none, and where `keyBytes` is given. */
  readonly key: string | null;
  /** A key that is not UTF-8. */
  readonly keyBytes: Uint8Array | null;
  readonly headers: EventHeaders | null;
  /** As it stands in the log: JSON text, bytes that are none, or null for a tombstone. */
  readonly value: string | Uint8Array | null;
  /** True also for a tombstone. */
  readonly isJson: boolean;
  /** True for JSON with a number that a double cannot give back: its bytes are given, its value is undecodable. */
  readonly losesDigits: boolean;
}

export interface ContractPartition extends PartitionId {
  /** Offsets rise; what is absent in between is `missing`. */
  readonly events: readonly ContractEvent[];
}

/** What a log under test holds. `rows` has all events in the order in which they were written, partitions mixed. */
export interface LogContent {
  readonly source: string;
  readonly partitions: readonly ContractPartition[];
  readonly rows: readonly (PartitionId & ContractEvent)[];
}

const source = 'contract-log';

/** The content that every adapter is tried with: small, and full of everything that has gone wrong somewhere. */
export function logContent(): LogContent {
  const partitions: readonly ContractPartition[] = [
    { ...id('orders', 0), events: strangeEvents() },
    { ...id('orders', 1), events: plainEvents(0, 60) },
    { ...id('orders', 2), events: [...plainEvents(5, 10), ...plainEvents(11, 41), ...plainEvents(70, 72)] },
    { ...id('payments', 0), events: plainEvents(999, 1000) },
    { ...id('payments', 12), events: plainEvents(0, 3) },
  ];
  return { source, partitions, rows: interleave(partitions) };
}

function id(topic: string, partition: number): PartitionId {
  return { source, topic, incarnation: '', partition };
}

const plain: Omit<ContractEvent, 'offset'> = {
  time: 1_000_000_000_000,
  key: 'key',
  keyBytes: null,
  headers: null,
  value: '{}',
  isJson: true,
  losesDigits: false,
};

function plainEvents(from: number, to: number): readonly ContractEvent[] {
  return Array.from({ length: to - from }, (_, index) => {
    const offset = from + index;
    const time = 1_000_000_000_000 + offset * 1000;
    return { ...plain, offset, time, key: `key-${offset % 7}`, value: `{"n":${offset},"text":"ü€𝄞 ${offset}"}` };
  });
}

function strangeEvents(): readonly ContractEvent[] {
  const text = (value: string): Partial<ContractEvent> => ({ value });
  const bytes = (...value: number[]): Partial<ContractEvent> => ({ value: Uint8Array.from(value), isJson: false });
  const events: readonly Partial<ContractEvent>[] = [
    { time: null },
    { time: -5 },
    { time: 0 },
    { time: 4_102_444_800_000 },
    { time: 1_000_000_000_000 },
    { key: null },
    { key: '' },
    { key: '__proto__' },
    { key: 'constructor' },
    { key: 'zeile\nzwei "quoted" \u2028 \u0000 😀' },
    { key: null, keyBytes: Uint8Array.of(0xff, 0x00, 0xfe) },
    { value: null },
    text('null'),
    text('true'),
    text('-0.0'),
    text('"text"'),
    text('[1,2]'),
    text('1'),
    text('{"__proto__":{"polluted":true},"constructor":1}'),
    text('{"b":1,"a":2,"10":3,"9":4}'),
    { ...text('{ "amount" : 1.0e2, "big": 9007199254740993 }'), losesDigits: true },
    text('{ "amount" : 1.0e2, "big": 9007199254740991, "text": "9007199254740993" }'),
    text('{"twice":1,"twice":2}'),
    text('"\\ud83d\\ude00 \\u2028"'),
    text('{"value":{"value":"}"},"key":"{\\"value\\":1}"}'),
    bytes(),
    bytes(0xff, 0xfe),
    bytes(0x7b, 0x22, 0x61),
    { value: Buffer.from('1,2'), isJson: false },
    { value: Buffer.from('{"x":"'), isJson: false },
    { value: Buffer.from('"}'), isJson: false },
    { headers: [] },
    { headers: [['trace', 'a-1']] },
    {
      headers: [
        ['same', '1'],
        ['same', '2'],
        ['none', null],
        ['__proto__', 'x'],
      ],
    },
  ];
  return events.map((event, offset): ContractEvent => ({ ...plain, ...event, offset }));
}

/** One event of each partition in turn. */
function interleave(partitions: readonly ContractPartition[]): LogContent['rows'] {
  const rows: (PartitionId & ContractEvent)[] = [];
  const longest = Math.max(...partitions.map(({ events }) => events.length));
  for (let index = 0; index < longest; index++) {
    for (const { events, ...partition } of partitions) {
      const event = events[index];
      if (event !== undefined) rows.push({ ...partition, ...event });
    }
  }
  return rows;
}
