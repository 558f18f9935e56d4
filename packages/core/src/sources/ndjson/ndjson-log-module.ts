import type { EventLog } from '../../model/log/event-log.js';
import { openNdjsonLog, type NdjsonLogLocation } from './open-ndjson-log.js';

/** Opens the log that a locator names, in this thread. */
export default function openFromLocation({ files, mapping, options }: NdjsonLogLocation): EventLog {
  return openNdjsonLog(files, mapping, options);
}
