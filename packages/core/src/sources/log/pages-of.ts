import type { EventLog, ReadRequest } from '../../model/log/event-log.js';
import type { EventPage } from '../../model/log/event-page.js';

/** The pages of a range of one partition, in order. Its reader is closed wherever the caller leaves the loop. */
export async function* pagesOf(log: EventLog, request: ReadRequest): AsyncGenerator<EventPage> {
  const reader = log.read(request);
  try {
    for (let page = await reader.next(); page !== null; page = await reader.next()) yield page;
  } finally {
    reader.close();
  }
}
