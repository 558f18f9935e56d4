import { readRecordEvents } from '../../sources/records/open-external-records.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import type { ExternalRecordsConfig } from '../matching/external-records-config.js';
import { standInMaker } from './make-stand-ins.js';
import type { StandIn } from './stand-in.js';

/**
 * Makes the events of the first rows, whatever is known of them; none where the rows of the source become no events.
 * @throws RecoveryError `invalid-field` for a row that does not become the event that it stands for
 */
export async function tryStandIns(
  { name, rows, mapping, rule, event }: ExternalRecordsConfig,
  worker: OpenWorker,
  limit: number,
): Promise<readonly StandIn[]> {
  if (event === null) return [];
  const make = standInMaker(name, rule, worker);
  const standIns: StandIn[] = [];
  let wanted = 0;
  const batches = readRecordEvents(rows, mapping, event, ({ type, time, reversal }) => {
    const standsForOne = !reversal && time !== null && (type === null || (rule.types?.includes(type) ?? true));
    return standsForOne && ++wanted <= limit;
  });
  for await (const made of batches) {
    standIns.push(...make(made));
    if (wanted >= limit) break;
  }
  return standIns;
}
