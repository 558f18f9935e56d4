import type { RecordedEventRef } from '@eventmend/core/engine';
import type { WalkedEvent } from './walk-log.js';

/** A walked event as records name it. */
export function refOf({ event }: WalkedEvent): RecordedEventRef {
  return { topic: event.topic, partition: event.partition, offset: event.offset };
}
