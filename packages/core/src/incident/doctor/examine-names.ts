import type { EventLog } from '../../model/log/event-log.js';
import { namesInLog } from '../../sources/records/names-in-log.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import type { Remark, ResourceFinding } from './finding.js';

/** A finding with some names that stand in the resource, for a look whether the log has them. */
export interface ExaminedResource {
  readonly finding: ResourceFinding;
  readonly keys?: ReadonlySet<string>;
  readonly eventIds?: ReadonlySet<string>;
}

/** So many events are looked at for a name. */
const lookedAt = 500_000;

/** What keys and event ids have to do with the events: a mapping of the wrong column shows here. */
export async function examineNames(
  { finding: { resource }, keys = new Set(), eventIds = new Set() }: ExaminedResource,
  log: EventLog,
  worker: OpenWorker,
): Promise<readonly Remark[]> {
  if (keys.size === 0 && eventIds.size === 0) return [];
  const { events, whole, ...missing } = await namesInLog(log, worker, { keys, eventIds }, lookedAt);
  const remarks: Remark[] = [];
  for (const [of, all, absent] of [
    ['key', keys, missing.keys],
    ['event_id', eventIds, missing.eventIds],
  ] as const) {
    if (absent.size === 0) continue;
    // That some are missing is no error: a key may come from elsewhere, and an event may be gone. That all are, is one.
    const severity = absent.size === all.size && whole ? 'problem' : 'doubt';
    const counts = { names: all.size, missing: absent.size, first: [...absent].slice(0, 3), events, wholeLog: whole };
    remarks.push({ severity, key: `${resource}.mapping.${of}`, kind: 'names-not-in-log', of, ...counts });
  }
  return remarks;
}
