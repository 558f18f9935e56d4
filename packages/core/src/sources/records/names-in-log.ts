import type { EventLog } from '../../model/log/event-log.js';
import { pagesOf } from '../log/pages-of.js';
import { businessIdIn } from '../rows/business-id-header.js';
import { KeyScan } from '../../worker/key-scan.js';
import type { OpenWorker } from '../../worker/describe-worker.js';

/** What of some names no event of a log has. */
export interface NamesNotFound {
  /** Keys that no event names, as the worker derives them; events that the worker cannot name keys for name none. */
  readonly keys: ReadonlySet<string>;
  /** Business ids that no event has. */
  readonly eventIds: ReadonlySet<string>;
  /** Events that were looked at. */
  readonly events: number;
  /** All events of the log were looked at, or all names found. */
  readonly whole: boolean;
}

/**
 * Looks for names among the first events of each partition, `limit` in all at most, and stops when all are found. Only what
 * must be found is remembered.
 */
export async function namesInLog(
  log: EventLog,
  worker: OpenWorker,
  wanted: { readonly keys: Iterable<string>; readonly eventIds: Iterable<string> },
  limit: number,
): Promise<NamesNotFound> {
  const keys = new Set(wanted.keys);
  const eventIds = new Set(wanted.eventIds);
  const { topics } = worker.worker;
  const described = (await log.describe()).partitions.filter(
    ({ topic }) => topics === undefined || topics.includes(topic),
  );
  const share = Math.ceil(limit / Math.max(1, described.length));
  const scan = new KeyScan<null>(worker, (scanned) => {
    if ('keys' in scanned) for (const key of scanned.keys) keys.delete(key);
  });
  let events = 0;
  let whole = true;
  for (const partition of described) {
    if (keys.size === 0 && eventIds.size === 0) break;
    let seen = 0;
    for await (const page of pagesOf(log, { ...partition, ...partition.range })) {
      if (seen >= share) {
        whole = false;
        break;
      }
      for (let i = 0; i < page.count; i++) {
        const id = eventIds.size === 0 ? null : businessIdIn(page.headers?.[i]);
        if (id !== null) eventIds.delete(id);
        if (keys.size > 0) await scan.ask(null, page, i, partition, clockOf(page.timestamps[i]));
      }
      await scan.flush();
      seen += page.count;
      if (keys.size === 0 && eventIds.size === 0) break;
    }
    events += seen;
  }
  return { keys, eventIds, events, whole };
}

/** Keys derive from the event alone; the clock is only what has to be sent with it. */
function clockOf(time: number | undefined): number {
  return time === undefined || Number.isNaN(time) ? -Infinity : time;
}
