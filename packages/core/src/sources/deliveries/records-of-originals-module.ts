import type { EventLog } from '../../model/log/event-log.js';
import type { RecordedOutputs } from '../../model/records/recorded-outputs.js';
import { openLocator } from '../log/open-locator.js';
import { deliveriesIn } from './open-deliveries.js';
import type { DeliveryRange } from './read-originals.js';
import { recordsOfOriginals, type RecordsOfOriginalsLocation } from './records-of-originals.js';

/** Opens the records that a locator names, and the logs that hold their delivery topics, in this thread. */
export default async function openFromLocation({
  records: locator,
  topics,
  ranges,
}: RecordsOfOriginalsLocation): Promise<RecordedOutputs> {
  const logs = new Map<string, EventLog>();
  const opened: DeliveryRange[] = [];
  for (const { log: where, request } of ranges) {
    const name = JSON.stringify(where);
    const log = logs.get(name) ?? (await openLocator<EventLog>(where));
    logs.set(name, log);
    opened.push({ log, request });
  }
  // Which of the two they are is known to who asked for them.
  const records = recordsOfOriginals(await openLocator<RecordedOutputs>(locator), deliveriesIn(opened, topics));
  return {
    ...records,
    close() {
      records.close();
      for (const log of logs.values()) log.close();
    },
  };
}
