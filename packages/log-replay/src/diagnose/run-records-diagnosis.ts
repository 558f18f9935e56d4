import type { LongWork } from '@eventmend/core';
import type { PreparedSituation } from '../plan/prepare-situation.js';
import { eventTimeoutOf, locateReplay } from '../threads/locate-replay.js';
import { replayHere } from '../threads/replay-here.js';
import { superviseParking } from '../threads/supervise-parking.js';
import type { DiagnoseJobData } from './diagnose-job.js';
import { diagnoseRecords, type RecordsDiagnosis, type RecordsDiagnosisSpec } from './diagnose-records.js';
import { openFaultFiles, type DiagnosisFiles } from './fault-files.js';

/**
 * Follows the service, in a supervised thread wherever everything can be opened there.
 * @param live id of the live state, where it stands on the log
 */
export async function runRecordsDiagnosis(
  prepared: PreparedSituation,
  what: RecordsDiagnosisSpec,
  live: string | null,
  files: DiagnosisFiles,
  work: LongWork,
): Promise<RecordsDiagnosis> {
  const { situation, survey, recorded } = prepared;
  const total = what.spec.partitions.reduce((sum, partition) => sum + partition.target - partition.next, 0);
  const tell = (handled: number, quarantined: number): void =>
    work.onProgress?.({ phase: 'diagnose', done: Math.min(handled, total), total, quarantined });
  const located = locatedSources(prepared, live);
  if (located !== null) {
    return superviseParking<RecordsDiagnosis>(
      {
        module: '#diagnose-job',
        spec: { ...what.spec, locality: 'global' },
        poison: situation.poison,
        eventTimeoutMs: eventTimeoutOf(situation),
        youngGenerationMb: 192,
        forced: [],
        data: (forced): DiagnoseJobData => ({ what: { ...what, forced }, files, ...located }),
        tell,
      },
      work,
    );
  }
  const logs = survey.logs.map(({ log }) => log);
  return replayHere({ situation, logs, recorded }, tell, work, async (inputs, control) => {
    const sink = openFaultFiles(files);
    try {
      const told = await diagnoseRecords(
        what,
        {
          inputs,
          outputs: situation.recordedOutputs ?? null,
          ledger: situation.ledger ?? null,
          startRows: what.start === null ? null : (situation.snapshots?.rows(what.start.id) ?? null),
          liveRows: live === null ? null : (situation.live?.rows(live) ?? null),
        },
        sink,
        control,
      );
      if (!told.interrupted) sink.keep();
      return told;
    } finally {
      sink.close();
    }
  });
}

/** Where a thread finds everything; null where something lives in this thread's memory only. */
function locatedSources(
  { situation, survey }: PreparedSituation,
  live: string | null,
): Omit<DiagnoseJobData, 'what' | 'files'> | null {
  const locators = locateReplay(
    situation,
    survey.logs.map(({ log }) => log),
  );
  const { snapshots, recordedOutputs, ledger, live: liveSource } = situation;
  const sources = [snapshots, recordedOutputs ?? null, ledger ?? null, live === null ? null : liveSource];
  if (locators === null || sources.some((source) => source !== null && source.locator === undefined)) return null;
  return {
    locators,
    snapshots: snapshots?.locator ?? null,
    outputs: recordedOutputs?.locator ?? null,
    ledger: ledger?.locator ?? null,
    live: live === null || liveSource?.locator === undefined ? null : { source: liveSource.locator, id: live },
  };
}
