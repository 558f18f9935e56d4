import { createRequire } from 'node:module';
import { Worker as Thread } from 'node:worker_threads';
import { pathToFileURL } from 'node:url';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { unpackError } from './error-transfer.js';
import type { JobAnswer, JobOrder } from './job-thread.js';
import { newSharedControl, observe, requestStop, type Observation } from './shared-control.js';

export interface SupervisedJob extends Omit<JobOrder, 'shared'> {
  /** An event that stays longer than this with the handler is taken for an endless one. */
  readonly eventTimeoutMs: number;
  /** Names the event that did not end. */
  readonly describe: (at: Observation) => string;
  readonly onObservation?: (observation: Observation) => void;
  readonly signal?: AbortSignal;
  /**
   * Megabytes for objects that die young, where a job holds so many for a moment that the usual space moves them on before
   * they are done with. Node's default where absent.
   */
  readonly youngGenerationMb?: number;
}

const lookEveryMs = 100;

/** Found through the package's own imports, so that it is the built file wherever this module runs from. */
function threadModule(): URL {
  return pathToFileURL(createRequire(import.meta.url).resolve('#job-thread'));
}

/**
 * Runs a job in a thread of its own, where even an endless loop can be ended, and stops it cleanly when asked.
 * @throws RecoveryError `worker-timeout` for an event that does not end; whatever the job throws
 */
export async function superviseJob<Result>(job: SupervisedJob): Promise<Result> {
  const shared = newSharedControl();
  const { module, request, locators, sources, youngGenerationMb } = job;
  const order: JobOrder = { module, request, locators, sources, shared };
  const thread = new Thread(threadModule(), {
    workerData: order,
    stdout: true,
    ...(youngGenerationMb === undefined ? {} : { resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb } }),
  });
  // Stdout belongs to the command's own result: what a handler prints is for people.
  thread.stdout.pipe(process.stderr, { end: false });
  const stop = (): void => {
    requestStop(shared);
  };
  job.signal?.addEventListener('abort', stop);
  if (job.signal?.aborted === true) stop();
  let watch: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Result>((resolve, reject) => {
      watch = watchEvents(shared, job, reject);
      thread.once('message', (answer: JobAnswer) => {
        if (answer.kind === 'done') resolve(answer.result as Result);
        else reject(unpackError(answer.error));
      });
      thread.once('error', reject);
      thread.once('exit', (code) => {
        reject(
          new RecoveryError('worker-failed', `the worker ended its thread with exit code ${code}`, {
            hint: 'a worker must not call process.exit, and must fit into memory',
          }),
        );
      });
    });
  } finally {
    clearInterval(watch);
    job.signal?.removeEventListener('abort', stop);
    await thread.terminate();
    job.onObservation?.(observe(shared));
  }
}

function watchEvents(shared: SharedArrayBuffer, job: SupervisedJob, fail: (error: Error) => void): NodeJS.Timeout {
  let last = observe(shared);
  let since = performance.now();
  return setInterval(() => {
    const now = observe(shared);
    job.onObservation?.(now);
    if (!now.busy || now.entered !== last.entered) {
      last = now;
      since = performance.now();
      return;
    }
    if (performance.now() - since <= job.eventTimeoutMs) return;
    fail(
      new RecoveryError(
        'worker-timeout',
        `the worker did not come back from ${job.describe(now)} within ${job.eventTimeoutMs} ms`,
        {
          hint: 'mend the handler, raise tuning.event_timeout_ms, or let poison: quarantine-event park such events',
          details: { lane: now.lane, place: now.place, offset: String(now.offset) },
        },
      ),
    );
  }, lookEveryMs);
}
