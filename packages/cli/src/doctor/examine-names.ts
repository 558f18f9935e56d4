import type { EventLog } from '@eventmend/core';
import type { OpenWorker } from '@eventmend/core/engine';
import type { Engine } from '../engine/engine.js';
import { formatCount } from '../terminal/format.js';
import { doubt, problem, type Remark } from './finding.js';

/** So many events are looked at for a name. */
const lookedAt = 500_000;

/** What keys and event ids have to do with the events: a mapping of the wrong column shows here. */
export async function examineNames(
  resource: string,
  names: { readonly keys?: ReadonlySet<string>; readonly eventIds?: ReadonlySet<string> },
  log: EventLog,
  worker: OpenWorker,
  engine: Engine,
): Promise<readonly Remark[]> {
  const { keys = new Set<string>(), eventIds = new Set<string>() } = names;
  if (keys.size === 0 && eventIds.size === 0) return [];
  const { namesInLog } = await engine.resources();
  const missing = await namesInLog(log, worker, { keys, eventIds }, lookedAt);
  const where = missing.whole ? 'no event of the log' : `none of the first ${formatCount(missing.events)} events`;
  return [
    ...remarksOf(missing.keys, keys, missing.whole, `${where} names`, 'key', `${resource}.mapping.key`),
    ...remarksOf(missing.eventIds, eventIds, missing.whole, `${where} has`, 'event id', `${resource}.mapping.event_id`),
  ];
}

/** That some are missing is no error: a key may come from elsewhere, and an event may be gone. That all are, is one. */
function remarksOf(
  missing: ReadonlySet<string>,
  all: ReadonlySet<string>,
  whole: boolean,
  verb: string,
  what: string,
  key: string,
): readonly Remark[] {
  if (missing.size === 0) return [];
  const shown = [...missing].slice(0, 3).map((name) => JSON.stringify(name.slice(0, 40)));
  const more = missing.size > 3 ? ', …' : '';
  const text = `${verb} ${formatCount(missing.size)} of ${formatCount(all.size)} ${what}s: ${shown.join(', ')}${more}`;
  const none = missing.size === all.size && whole;
  return [(none ? problem : doubt)(key, text, none ? `is this really the column with the ${what}?` : null)];
}
