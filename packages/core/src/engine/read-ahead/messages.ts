import type { MessagePort } from 'node:worker_threads';
import type { LogDescription, LogHole, LogLocator, ReadRequest } from '../../model/log/event-log.js';
import type { TransferredError } from '../threads/error-transfer.js';
import type { HandedPage } from './handed-page.js';

/** What the reading thread is started with. */
export interface ReadingOrder {
  readonly locators: readonly LogLocator[];
  readonly port: MessagePort;
  /** Whether the bytes of values are wanted beside what they decode to. */
  readonly bytes: boolean;
  /** The number of the question whether the logs could be opened. */
  readonly number: number;
}

/** From the thread that folds to the one that reads. Each read and each question has a number, under which it is answered. */
export type ReadingRequest =
  | { readonly kind: 'read'; readonly number: number; readonly log: number; readonly request: PlainReadRequest }
  /** Pages were taken up, which makes room for others. */
  | { readonly kind: 'taken'; readonly number: number; readonly pages: number; readonly bytes: number }
  | { readonly kind: 'stop'; readonly number: number }
  | { readonly kind: 'describe'; readonly number: number; readonly log: number }
  | { readonly kind: 'close' };

type PlainReadRequest = Omit<ReadRequest, 'onHole'>;

export interface NumberedAnswer {
  readonly number: number;
  readonly answer: ReadingAnswer;
}

/** Those to a read come in its order; holes stand in front of the page, the end or the error that they come with. */
export type ReadingAnswer =
  | { readonly kind: 'opened' }
  | { readonly kind: 'described'; readonly description: LogDescription }
  | { readonly kind: 'page'; readonly holes: readonly LogHole[]; readonly page: HandedPage; readonly bytes: number }
  | { readonly kind: 'end'; readonly holes: readonly LogHole[] }
  | { readonly kind: 'failed'; readonly holes: readonly LogHole[]; readonly error: TransferredError };
