import {
  openReplayInputs,
  type LogLocator,
  type ProcessedLedger,
  type RecordedOutputs,
  type ReplayLocators,
  type RunControl,
} from '@eventmend/core';
import { openSnapshots } from '../threads/open-snapshots.js';
import { diagnoseRecords, type RecordsDiagnosis, type RecordsDiagnosisSpec } from './diagnose-records.js';
import { openFaultFiles, type DiagnosisFiles, type FaultFiles } from './fault-files.js';

export interface DiagnoseJobData {
  readonly what: RecordsDiagnosisSpec;
  readonly locators: ReplayLocators;
  readonly snapshots: LogLocator | null;
  readonly live: { readonly source: LogLocator; readonly id: string } | null;
  readonly outputs: LogLocator | null;
  readonly ledger: LogLocator | null;
  readonly files: DiagnosisFiles;
}

/** Follows the service in a thread of its own. */
export default async function diagnoseJob(data: DiagnoseJobData, control: RunControl): Promise<RecordsDiagnosis> {
  const inputs = await openReplayInputs(data.locators);
  let sink: FaultFiles | null = null;
  let outputs: RecordedOutputs | null = null;
  let ledger: ProcessedLedger | null = null;
  try {
    const { what, live } = data;
    outputs = await openRecords<RecordedOutputs>(data.outputs);
    ledger = await openRecords<ProcessedLedger>(data.ledger);
    const snapshots = await openSnapshots(data.snapshots);
    const liveSource = live === null ? null : await openSnapshots(live.source);
    const startRows = what.start === null ? null : (snapshots?.rows(what.start.id) ?? null);
    const liveRows = live === null ? null : (liveSource?.rows(live.id) ?? null);
    sink = openFaultFiles(data.files);
    const told = await diagnoseRecords(what, { inputs, outputs, ledger, startRows, liveRows }, sink, control);
    if (!told.interrupted) sink.keep();
    return told;
  } finally {
    sink?.close();
    outputs?.close();
    ledger?.close();
    await inputs.close();
  }
}

async function openRecords<Records>(locator: LogLocator | null): Promise<Records | null> {
  if (locator === null) return null;
  const { default: open } = (await import(locator.module)) as {
    default: (options: unknown) => Records | Promise<Records>;
  };
  return open(locator.options);
}
