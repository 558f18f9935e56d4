import { parseWithInexact } from '../../model/json/keep-digits.js';
import { arrayBatch } from '../rows/array-batch.js';
import { defineField } from '../rows/define-field.js';
import { noConversions, type RowBatch, type RowReader } from '../rows/row-source.js';
import type { RowStream } from '../rows/row-stream.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { EventLog, PageReader, PartitionDescription } from '../../model/log/event-log.js';
import type { EventHeaders, EventPage } from '../../model/log/event-page.js';
import { describePartition } from '../../model/log/partition-id.js';

/** The header of a correction that was published, see docs/publishing.md. */
export const correctionHeader = 'eventmend-correction';

interface LogRowsChoice {
  /** Null for all. */
  readonly topics: readonly string[] | null;
  /** The log is still written to: its digest says how far it was read. */
  readonly grows: boolean;
  /** By topic and partition, where to stop; null for the ends of the log. */
  readonly ends: Readonly<Record<string, Readonly<Record<number, number>>>> | null;
}

/**
 * The events of a log as rows `{topic, partition, offset, key, time, headers: {name: text}, value}`, one partition after the
 * other, without corrections that Eventmend itself published. `time` is in milliseconds or null, `offset` a number.
 */
export async function rowsOfLog(
  log: EventLog,
  { topics, grows, ends }: LogRowsChoice,
): Promise<RowStream & { readonly partitions: number }> {
  const { location, partitions, fingerprint } = await log.describe();
  const chosen = partitions
    .filter(({ topic }) => topics === null || topics.includes(topic))
    .map((part) => ({ ...part, range: { ...part.range, to: ends?.[part.topic]?.[part.partition] ?? part.range.to } }));
  const read = chosen.map(({ topic, partition, range }) => `${topic}[${partition}]${range.from}-${range.to}`);
  return {
    location,
    partitions: chosen.length,
    open: () => readPartitions(log, location, chosen),
    digest: () => Promise.resolve(grows && fingerprint !== null ? `${fingerprint} ${read.join(' ')}` : fingerprint),
  };
}

function readPartitions(log: EventLog, location: string, partitions: readonly PartitionDescription[]): RowReader {
  let at = 0;
  let reader: PageReader | null = null;
  let delivered = 0;
  let closed = false;

  async function next(): Promise<RowBatch | null> {
    while (!closed) {
      const partition = partitions[at];
      if (partition === undefined) return null;
      reader ??= log.read({ ...partition, ...partition.range });
      const page = await reader.next();
      if (page === null) {
        reader.close();
        reader = null;
        at++;
        continue;
      }
      const { rows, inexact } = rowsOfPage(page, partition);
      const batch = arrayBatch(location, rows, delivered, inexact);
      delivered += batch.count;
      if (batch.count > 0) return batch;
    }
    return null;
  }

  return {
    next,
    bytesRead: 0,
    conversions: noConversions,
    close() {
      closed = true;
      reader?.close();
    },
  };
}

function rowsOfPage(page: EventPage, partition: PartitionDescription) {
  const rows: unknown[] = [];
  const inexact = page.inexact === null ? null : new Set<number>();
  for (let index = 0; index < page.count; index++) {
    const headers = byName(page.headers?.[index] ?? null);
    // What was corrected is not what the service recorded.
    if (headers[correctionHeader] !== undefined) continue;
    if (page.inexact?.has(index) === true) inexact?.add(rows.length);
    rows.push(rowOf(page, partition, index, headers));
  }
  return { rows, inexact };
}

function rowOf(
  page: EventPage,
  partition: PartitionDescription,
  index: number,
  headers: Readonly<Record<string, unknown>>,
): unknown {
  const { topic, partition: number } = partition;
  const offset = page.offsets[index] as number;
  const time = page.timestamps[index] as number;
  const reason = page.undecodable?.get(index);
  const inexact = page.inexact?.has(index) === true ? valueWithInexact(page, index) : null;
  if (reason !== undefined && inexact === null) {
    throw new RecoveryError('unreadable-row', `${describePartition(partition)}@${offset}: ${reason}`, {
      hint: 'a recorded output must be JSON, or as its schema says (live.outputs.schemas, and longs: text for large integers)',
      details: { topic, partition: number, offset: String(offset) },
    });
  }
  return {
    topic,
    partition: number,
    offset,
    key: page.keys[index] ?? null,
    time: Number.isNaN(time) ? null : time,
    headers,
    value: inexact === null ? (page.values[index] ?? null) : inexact.value,
  };
}

/** Null where the bytes are no JSON but decoded by a schema: there is then no text that the digits could be taken from. */
function valueWithInexact(page: EventPage, index: number): { readonly value: unknown } | null {
  try {
    return parseWithInexact(Buffer.from(page.valueBytes(index) ?? []).toString('utf8'));
  } catch {
    return null;
  }
}

/** Of headers with one name the last, as Kafka's own clients read them. */
function byName(headers: EventHeaders | null): Readonly<Record<string, unknown>> {
  const named: Record<string, unknown> = {};
  for (const [name, value] of headers ?? []) defineField(named, name, value);
  return named;
}
