import { parentPort, workerData } from 'node:worker_threads';
import type { RunControl } from '../run/run-control.js';
import { packError, type TransferredError } from './error-transfer.js';
import { workingControl } from './shared-control.js';

/** What a job module exports as its default. */
export type Job<Data, Result> = (data: Data, control: RunControl) => Promise<Result>;

export interface JobOrder {
  readonly module: string;
  readonly data: unknown;
  readonly shared: SharedArrayBuffer;
}

export type JobAnswer =
  { readonly kind: 'done'; readonly result: unknown } | { readonly kind: 'failed'; readonly error: TransferredError };

// The first thing that runs in a thread: loads the job, does it, answers once.
const order = workerData as JobOrder;
let answer: JobAnswer;
// A handler that never settles leaves nothing else alive in here, and Node would end the thread without a word about the
// event: the supervisor's time-out is to name it.
const keepAlive = setInterval(() => undefined, 60_000);
try {
  const { default: job } = (await import(order.module)) as { default: Job<unknown, unknown> };
  answer = { kind: 'done', result: await job(order.data, workingControl(order.shared)) };
} catch (error) {
  answer = { kind: 'failed', error: packError(error) };
}
try {
  parentPort?.postMessage(answer);
} finally {
  clearInterval(keepAlive);
}
