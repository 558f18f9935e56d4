import { parentPort, workerData } from 'node:worker_threads';
import type { RunControl } from './run-control.js';
import type { LogLocator } from '../../model/log/event-log.js';
import { openLocator } from '../../sources/log/open-locator.js';
import { openReplayInputs, type ReplayInputs, type ReplayLocators } from '../replay/replay-inputs.js';
import { packError, type TransferredError } from './error-transfer.js';
import { observerOf, workingControl } from './shared-control.js';
import { watchStrayFailures } from './stray-failures.js';

/**
 * What a job module exports as its default.
 * @param request what to do, as plain data
 * @param inputs log, worker and recorded order, open in the thread that the job runs in and closed behind it
 * @param sources what the job reads besides, likewise, by the names that it has for them
 */
export type Job<Request, Sources, Result> = (
  request: Request,
  inputs: ReplayInputs,
  sources: Sources,
  control: RunControl,
) => Promise<Result>;

export type SourceLocators = Readonly<Record<string, LogLocator | null>>;

export interface JobOrder {
  /** `file:` URL of the job module. */
  readonly module: string;
  readonly request: unknown;
  readonly locators: ReplayLocators;
  readonly sources: SourceLocators;
  readonly shared: SharedArrayBuffer;
}

export type JobAnswer =
  { readonly kind: 'done'; readonly result: unknown } | { readonly kind: 'failed'; readonly error: TransferredError };

// The first thing that runs in a thread: loads the job, opens what it reads, does it, answers once.
const order = workerData as JobOrder;
let answer: JobAnswer;
// A handler that never settles leaves nothing else alive in here, and Node would end the thread without a word about the
// event: the supervisor's time-out is to name it.
const keepAlive = setInterval(() => undefined, 60_000);
try {
  answer = { kind: 'done', result: await carryOut(order) };
} catch (error) {
  answer = { kind: 'failed', error: packError(error) };
}
try {
  parentPort?.postMessage(answer);
} finally {
  clearInterval(keepAlive);
}

async function carryOut({ module, request, locators, sources, shared }: JobOrder): Promise<unknown> {
  const strays = watchStrayFailures(observerOf(shared));
  const { default: job } = (await import(module)) as { default: Job<unknown, unknown, unknown> };
  const inputs = await openReplayInputs(locators);
  const opened = new Map<string, { close?(): void } | null>();
  try {
    for (const [name, locator] of Object.entries(sources)) {
      opened.set(name, locator === null ? null : await openLocator(locator));
    }
    const control = workingControl(shared, () => strays.settle());
    const result = await Promise.race([job(request, inputs, Object.fromEntries(opened), control), strays.failed]);
    await strays.settle();
    return result;
  } finally {
    for (const source of opened.values()) source?.close?.();
    await inputs.close();
  }
}
