import type { EventLog, LogDescription, LogLocator, PageReader, ReadRequest } from '../../model/log/event-log.js';
import type { EventPage } from '../../model/log/event-page.js';
import { unpackError } from '../threads/error-transfer.js';
import type { HandedPage } from './handed-page.js';
import type { ReadingAnswer } from './messages.js';
import { ReadingLink, type ReadAheadOptions } from './reading-link.js';
import { receiveColumns } from './receive-page.js';

/**
 * Opens logs in a thread of its own, which reads, checks and decodes ahead of this one. They give the same pages, holes and
 * errors in the same order as the logs themselves.
 * @throws what opening a log throws; RecoveryError `reading-thread-ended`, as `next` and `describe` do, when that thread
 *   ends before its work does
 */
export async function openLogsAhead(
  locators: readonly LogLocator[],
  options: ReadAheadOptions,
): Promise<readonly EventLog[]> {
  const link = new ReadingLink(locators, options);
  try {
    await link.opened();
  } catch (error) {
    link.close();
    throw error;
  }
  const open = new Set(locators.keys());
  return locators.map((locator, log) => ({
    describe: () => describe(link, log),
    read: (request) => readAhead(link, log, request),
    locator,
    close() {
      if (open.delete(log) && open.size === 0) link.close();
    },
  }));
}

/** What is taken up is told at the latest when it is so much, in bytes: a small part of what may wait. */
const tellTakenBytes = 256 * 1024;

async function describe(link: ReadingLink, log: number): Promise<LogDescription> {
  const number = link.begin();
  link.send({ kind: 'describe', number, log });
  const answer = await link.answer(number);
  link.forget(number);
  if (answer.kind === 'described') return answer.description;
  throw failureOf(answer);
}

function readAhead(link: ReadingLink, log: number, read: ReadRequest): PageReader {
  const { source, topic, incarnation, partition, from, to, onHole } = read;
  const number = link.begin();
  link.send({ kind: 'read', number, log, request: { source, topic, incarnation, partition, from, to } });
  let isAtEnd = false;
  let pages = 0;
  let bytes = 0;

  /** A message costs more than a page: where there are more, it can wait. */
  function tellTaken(more: number): void {
    pages++;
    bytes += more;
    if (bytes < tellTakenBytes && link.hasMore(number)) return;
    link.send({ kind: 'taken', number, pages, bytes });
    pages = 0;
    bytes = 0;
  }

  function close(): void {
    isAtEnd = true;
    if (link.forget(number)) link.send({ kind: 'stop', number });
  }

  function take(answer: ReadingAnswer): EventPage | null | Promise<EventPage | null> {
    if ('holes' in answer) for (const hole of answer.holes) onHole?.(hole);
    if (answer.kind === 'page') {
      tellTaken(answer.bytes);
      return receivePage(answer.page);
    }
    close();
    if (answer.kind === 'end') return null;
    throw failureOf(answer);
  }

  return {
    next() {
      if (isAtEnd) return null;
      const answer = link.answer(number);
      return answer instanceof Promise ? answer.then(take) : take(answer);
    },
    close,
  };
}

function failureOf(answer: ReadingAnswer): Error {
  return answer.kind === 'failed'
    ? unpackError(answer.error)
    : new Error(`the reading thread answered "${answer.kind}" to another question`);
}

type PageMaker = (data: unknown) => EventPage;

/** By module, once it was loaded. */
const pageMakers = new Map<string, PageMaker>();

function receivePage(handed: HandedPage): EventPage | Promise<EventPage> {
  if (handed.as === 'columns') return receiveColumns(handed);
  const { module, data } = handed;
  const make = pageMakers.get(module);
  if (make !== undefined) return make(data);
  return import(module).then((loaded: { readonly default: PageMaker }) => {
    pageMakers.set(module, loaded.default);
    return loaded.default(data);
  });
}
