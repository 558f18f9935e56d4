import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { JobAnswer } from './checkpoint-job.js';
import type { CheckpointJob, MadeCheckpoint } from './make-checkpoint.js';

/** The thread that writes checkpoints, started at the first one, one at a time. */
export class CheckpointThread {
  readonly #storeFile: string;
  #thread: Worker | null = null;

  constructor(storeFile: string) {
    this.#storeFile = storeFile;
  }

  /** @throws Error with the reason why there is none */
  make(job: CheckpointJob): Promise<MadeCheckpoint> {
    const thread = (this.#thread ??= this.#start());
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        thread.off('message', onMessage).off('error', onError).off('exit', onExit);
        thread.unref();
        finish();
      };
      const onMessage = (answer: JobAnswer): void => {
        settle(() => {
          if ('done' in answer) resolve(answer.done);
          else reject(new Error(answer.failed.message));
        });
      };
      const onError = (error: unknown): void => {
        this.#thread = null;
        settle(() => reject(error instanceof Error ? error : new Error(String(error))));
      };
      const onExit = (code: number): void =>
        onError(new Error(`the thread that writes checkpoints ended with ${code}`));
      thread.on('message', onMessage).on('error', onError).on('exit', onExit);
      thread.ref();
      thread.postMessage(job);
    });
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
    this.#thread = null;
  }

  #start(): Worker {
    const thread = new Worker(pathToFileURL(createRequire(import.meta.url).resolve('#checkpoint-job')), {
      workerData: { storeFile: this.#storeFile },
    });
    thread.unref();
    return thread;
  }
}
