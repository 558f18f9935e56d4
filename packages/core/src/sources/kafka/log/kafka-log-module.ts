import type { EventLog } from '../../../model/log/event-log.js';
import { openKafkaLog, type KafkaLogSettings } from './open-kafka-log.js';

/** Opens the log that a locator names, in this thread. */
export default function openFromLocation(settings: KafkaLogSettings): Promise<EventLog> {
  return openKafkaLog(settings);
}
