import type { EventPage } from '../../../model/log/event-page.js';
import { RecordColumns } from '../batches/record-columns.js';
import { addMessage, type MessageParts } from '../kafkajs/add-message.js';
import { eventPageOfRecords } from './event-page-of-records.js';

/** A message as the consumer of kafkajs hands it over; offset and time are texts there. */
export interface ConsumedMessage extends MessageParts {
  readonly offset: string;
  readonly timestamp: string;
}

/**
 * Messages of one partition that a consumer of kafkajs was given, as the page that reading the log would have given: a
 * handler finds the same events in both.
 * @param messages in the order of their offsets
 */
export function pageOfMessages(messages: readonly ConsumedMessage[]): EventPage {
  const columns = new RecordColumns();
  for (const message of messages) {
    // Which of the two times it is, the consumer does not say, and no event shows it.
    addMessage(columns, message, {
      offset: Number(message.offset),
      time: Number(message.timestamp),
      timeType: 'create',
    });
  }
  return eventPageOfRecords(columns);
}
