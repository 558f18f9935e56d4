import type { LongWork } from '@eventmend/core';
import { type PreparedInputs, offsetsOf, jobModule, runJob } from '@eventmend/core/engine';
import diagnoseJob, { type DiagnoseRequest } from './diagnose-job.js';
import type { RecordsDiagnosis } from './diagnose-records.js';

/** Follows the service. */
export async function runRecordsDiagnosis(
  prepared: PreparedInputs,
  { what, live, files, reads }: DiagnoseRequest,
  work: LongWork,
): Promise<RecordsDiagnosis> {
  const { snapshots, recordedOutputs, ledger, live: liveSource } = prepared.situation;
  return runJob(
    prepared,
    {
      module: jobModule(import.meta.url, '#diagnose-job'),
      job: diagnoseJob,
      request: (forced) => ({ what: { ...what, forced }, live, files, reads }),
      sources: {
        snapshots,
        live: live === null ? null : liveSource,
        outputs: recordedOutputs ?? null,
        ledger: ledger ?? null,
      },
      spec: { ...what.spec, locality: 'global' },
      phase: 'diagnose',
      total: offsetsOf(what.spec),
      youngGenerationMb: 192,
    },
    work,
  );
}
