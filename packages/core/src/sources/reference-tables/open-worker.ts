import { mayRunSloppyCode } from '../../worker/may-run-sloppy-code.js';
import { createWorkerInstance } from '../../worker/create-worker-instance.js';
import { defaultEventTimeoutMs, describeWorker, type OpenWorker } from '../../worker/describe-worker.js';
import { openReferenceTables } from './open-reference-tables.js';
import type { ReferenceFiles, WorkerSource } from '../../worker/worker-source.js';

/**
 * Opens a worker to be called, with its reference data.
 * @throws RecoveryError `invalid-worker`, `invalid-reference-data`
 */
export async function openWorker(
  source: WorkerSource,
  references: ReferenceFiles,
  eventTimeoutMs = defaultEventTimeoutMs,
): Promise<OpenWorker> {
  if (source.kind === 'process') {
    const { openProcessWorker } = await import('../../worker/process/process-worker.js');
    return openProcessWorker(source, eventTimeoutMs);
  }
  const worker = await describeWorker(source);
  const lookups = await openReferenceTables(worker, references);
  return createWorkerInstance(worker, { lookups, replaying: true, mayBeSloppy: mayRunSloppyCode(source) });
}
