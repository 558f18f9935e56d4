import { workerData } from 'node:worker_threads';
import type { EventLog } from '../../model/log/event-log.js';
import { openLocator } from '../../sources/log/open-locator.js';
import { packError } from '../threads/error-transfer.js';
import { handOverPage } from './hand-over-page.js';
import type { NumberedAnswer, ReadingAnswer, ReadingOrder, ReadingRequest } from './messages.js';
import { PagesAhead } from './pages-ahead.js';

/** How much may wait to be taken up, all reads together, in bytes. */
const aheadBytes = 8 * 1024 * 1024;

// What runs in a thread that reads ahead: opens the logs, then reads, checks and decodes what it is asked for, until it is
// told to close.
const { locators, port, bytes, number: opening } = workerData as ReadingOrder;
const logs: EventLog[] = [];
const pages = new PagesAhead(aheadBytes, {
  page(number, holes, page) {
    const { transfer, ...handed } = handOverPage(page, bytes);
    tell(number, { kind: 'page', holes, ...handed }, transfer);
    return handed.bytes;
  },
  end(number, holes) {
    tell(number, { kind: 'end', holes });
  },
  failed(number, holes, error) {
    tell(number, { kind: 'failed', holes, error: packError(error) });
  },
});
try {
  for (const locator of locators) logs.push(await openLocator<EventLog>(locator));
  port.on('message', carryOut);
  tell(opening, { kind: 'opened' });
} catch (error) {
  closeLogs();
  tell(opening, { kind: 'failed', holes: [], error: packError(error) });
}

function tell(number: number, answer: ReadingAnswer, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage({ number, answer } satisfies NumberedAnswer, transfer);
}

function carryOut(asked: ReadingRequest): void {
  switch (asked.kind) {
    case 'read':
      pages.open(asked.number, (onHole) => (logs[asked.log] as EventLog).read({ ...asked.request, onHole }));
      return;
    case 'taken':
      pages.taken(asked.number, asked.pages, asked.bytes);
      return;
    case 'stop':
      pages.close(asked.number);
      return;
    case 'describe':
      void describe(asked.number, logs[asked.log] as EventLog);
      return;
    case 'close':
      closeLogs();
      port.close();
      return;
  }
}

async function describe(number: number, log: EventLog): Promise<void> {
  try {
    tell(number, { kind: 'described', description: await log.describe() });
  } catch (error) {
    tell(number, { kind: 'failed', holes: [], error: packError(error) });
  }
}

function closeLogs(): void {
  for (const log of logs) log.close();
}
