import { createHash } from 'node:crypto';
import type { LogLocator } from '../../model/log/event-log.js';
import type { RecordedDescription, RecordedEventRef } from '../../model/records/recorded-outputs.js';
import { moduleBeside } from '../log/module-beside.js';
import type { DeliveryTopic } from './delivery-topic.js';
import type { Deliveries } from './open-deliveries.js';
import type { DeliveryRange } from './read-originals.js';

/** What the module of the locator takes: plain JSON. */
export interface RecordsOfOriginalsLocation {
  readonly records: LogLocator;
  readonly topics: readonly DeliveryTopic[];
  readonly ranges: readonly { readonly log: LogLocator; readonly request: DeliveryRange['request'] }[];
}

/** What recorded outputs and ledgers have in common. */
interface Records<Row> {
  describe(): RecordedDescription | Promise<RecordedDescription>;
  read(): AsyncIterable<readonly Row[]>;
  readonly locator?: LogLocator;
  close(): void;
}

/** Recorded outputs, or a ledger, in which the handling of a delivery is one of the original event. */
export function recordsOfOriginals<Row extends { readonly event: RecordedEventRef | null }>(
  records: Records<Row>,
  deliveries: Deliveries,
): Records<Row> {
  let description: Promise<RecordedDescription> | null = null;
  const locator = locationOf(records, deliveries);

  async function* read(): AsyncGenerator<readonly Row[]> {
    const originals = await deliveries.originals();
    for await (const batch of records.read()) {
      yield batch.map((row) => {
        const original = row.event === null ? null : originals.of(row.event);
        return original === null || original === undefined ? row : { ...row, event: original };
      });
    }
  }

  return {
    describe: () => (description ??= describeOriginals(records, deliveries)),
    read,
    ...(locator !== null && { locator }),
    close() {
      records.close();
    },
  };
}

/**
 * The order of records says less where some are of deliveries: when one of unknown origin came in, any event may have been
 * handled by it; and an order that holds inside of each partition does not tell when a delivery was handled between the
 * events of its original's partition. Both make it unknown.
 */
async function describeOriginals(
  records: Records<{ readonly event: RecordedEventRef | null }>,
  deliveries: Deliveries,
): Promise<RecordedDescription> {
  const description = await records.describe();
  const originals = await deliveries.originals();
  let redelivered = 0;
  let unknown = 0;
  let firstUnknown: RecordedEventRef | null = null;
  for await (const batch of records.read()) {
    for (const { event } of batch) {
      const original = event === null ? undefined : originals.of(event);
      if (original === undefined) continue;
      redelivered++;
      if (original !== null) continue;
      unknown++;
      firstUnknown ??= event;
    }
  }
  if (redelivered === 0) return description;
  const { digest, order } = description;
  const content = digest === null ? null : createHash('sha256').update(`${digest}\n${originals.digest}`).digest('hex');
  const translated = { ...description, digest: content };
  if (firstUnknown !== null) {
    const { topic, partition, offset } = firstUnknown;
    return {
      ...translated,
      order: 'unknown',
      objection:
        `${unknown.toLocaleString('en-US')} of them, ${topic}[${partition}]@${offset} the first, are of deliveries whose ` +
        'original event is not known: any event may have been handled by them, so their order counts as unknown',
      unknownOriginals: { records: unknown, first: firstUnknown },
    };
  }
  if (order !== 'partition') return translated;
  return {
    ...translated,
    order: 'unknown',
    objection:
      `${redelivered.toLocaleString('en-US')} of them are of deliveries, and the order inside of each partition does not ` +
      'tell when those were handled among the events of another: it counts as unknown',
  };
}

/** Null where the records or a log live in this thread's memory only. */
function locationOf({ locator }: { readonly locator?: LogLocator }, { topics, ranges }: Deliveries): LogLocator | null {
  if (locator === undefined) return null;
  const located = ranges.flatMap(({ log, request }) =>
    log.locator === undefined ? [] : [{ log: log.locator, request }],
  );
  if (located.length !== ranges.length) return null;
  const options: RecordsOfOriginalsLocation = { records: locator, topics, ranges: located };
  return { module: moduleBeside(import.meta.url, 'records-of-originals-module'), options };
}
