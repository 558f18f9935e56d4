import { parentPort, workerData } from 'node:worker_threads';
import { makeCheckpoint, type CheckpointJob } from './make-checkpoint.js';

/** What comes back from the thread. */
export type JobAnswer =
  { readonly done: ReturnType<typeof makeCheckpoint> } | { readonly failed: { readonly message: string } };

const port = parentPort;
if (port !== null) {
  const { storeFile } = workerData as { readonly storeFile: string };
  port.on('message', (job: CheckpointJob) => {
    let answer: JobAnswer;
    try {
      answer = { done: makeCheckpoint(storeFile, job) };
    } catch (error) {
      answer = { failed: { message: error instanceof Error ? error.message : String(error) } };
    }
    port.postMessage(answer);
  });
}
