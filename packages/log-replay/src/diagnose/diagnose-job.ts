import type { Job } from '@eventmend/core/engine';
import type { ProcessedLedger, RecordedOutputs, SnapshotSource } from '@eventmend/core';
import { diagnoseRecords, type RecordsDiagnosis, type RecordsDiagnosisSpec } from './diagnose-records.js';
import { openFaultFiles, type DiagnosisFiles } from './fault-files.js';

export interface DiagnoseRequest {
  readonly what: RecordsDiagnosisSpec;
  /** Id of the live state, where it stands on the log. */
  readonly live: string | null;
  readonly files: DiagnosisFiles;
  /** Which records are followed: those in no order are not. */
  readonly reads: { readonly outputs: boolean; readonly ledger: boolean };
}

export interface DiagnoseSources {
  readonly snapshots: SnapshotSource | null;
  readonly live: SnapshotSource | null;
  readonly outputs: RecordedOutputs | null;
  readonly ledger: ProcessedLedger | null;
}

/** Follows the service. */
const diagnoseJob: Job<DiagnoseRequest, DiagnoseSources, RecordsDiagnosis> = async (
  { what, live, files, reads },
  inputs,
  sources,
  control,
) => {
  const outputs = reads.outputs ? sources.outputs : null;
  const ledger = reads.ledger ? sources.ledger : null;
  const startRows = what.start === null ? null : (sources.snapshots?.rows(what.start.id) ?? null);
  const liveSource = live === null ? null : sources.live;
  const liveRows = live === null || liveSource === null ? null : () => liveSource.rows(live);
  const sink = openFaultFiles(files);
  try {
    const told = await diagnoseRecords(what, { inputs, outputs, ledger, startRows, liveRows }, sink, control);
    if (!told.interrupted) sink.keep();
    return told;
  } finally {
    sink.close();
  }
};

export default diagnoseJob;
