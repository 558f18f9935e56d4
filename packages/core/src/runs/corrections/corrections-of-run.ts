import { join } from 'node:path';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import type { RecordedDescription } from '../../model/records/recorded-outputs.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { openRunCatalogue } from '../sqlite/run-catalogue.js';
import { runFiles } from '../sqlite/run-folder.js';
import { isFinished } from '../executor/recover-run.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { inspectWorker } from '../../evidence/inputs/inspect-worker.js';
import type { CorrectionCounts } from '../../evidence/corrections/correction.js';
import {
  findCorrections,
  type Corrections,
  type CorrectionsInput,
} from '../../evidence/corrections/find-corrections.js';
import { OutputValues } from '../../evidence/compare/output-values.js';
import type { Worker } from '../../worker/worker.js';
import type { Plan } from '../../model/plan/plan.js';
import { connectKeysOfLog } from '../../evidence/order/connect-keys-of-log.js';
import type { OrderIndependentKeys } from '../../evidence/order/order-independent-keys.js';
import { surveyLogs } from '../../evidence/coverage/survey-logs.js';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';
import { openIntendedRun } from './open-intended-run.js';
import { retractOfWorker } from '../../evidence/corrections/retract-of-worker.js';

/** Keys whose events stand in one partition, whatever the worker declares; null where events of the run are not known. */
export async function independentKeys(
  situation: RecoveryInputs,
  worker: Worker,
  plan: Plan,
  { totals }: RunReport,
): Promise<OrderIndependentKeys | null> {
  if (totals.quarantined > 0 || totals.unavailable > 0) return null;
  const survey = await surveyLogs(situation, worker.topics);
  const instance = await openWorker(situation.worker, situation.references);
  try {
    const spec = specOfPlan(
      plan,
      survey.logs.map(({ description }) => description),
    );
    return await connectKeysOfLog(
      spec,
      survey.logs.map(({ log }) => log),
      instance,
    );
  } finally {
    await instance.close();
  }
}

/** An output that was sent through such a delivery would look as if it were still owed. */
function originalsNotKnown({
  records,
  first: { topic, partition, offset },
}: NonNullable<RecordedDescription['unknownOriginals']>): RecoveryError {
  return new RecoveryError(
    'operation-not-allowed',
    `${records.toLocaleString('en-US')} of the recorded outputs, of ${topic}[${partition}]@${offset} the first, are of deliveries whose original event is not known: which outputs are owed cannot be told`,
    { hint: `name a log that holds ${topic} under log, and the headers of its records under deliveries` },
  );
}

/** What a diagnosis and the proof of the order add. */
interface CorrectionPorts extends Pick<CorrectionsInput, 'faultOf' | 'orderMatters' | 'eventOf'> {
  /**
   * What the diagnosis in a store says of single events, where it was made by this worker and from these outputs; null
   * where there is none. Asked only where `faultOf` is absent.
   */
  readonly diagnosedFaults?: (
    store: string,
    of: { readonly workerHash: string; readonly outputsDigest: string | null },
  ) => CorrectionsInput['faultOf'] | null;
}

export interface CorrectionsOfRun extends Corrections {
  readonly report: RunReport;
  /** Where the records are. */
  readonly recordedAt: string;
}

/** The counts of a run's last comparison, as they stand in its folder. */
interface StoredCounts {
  readonly format_version: 1;
  readonly runId: string;
  readonly counts: CorrectionCounts;
}

/**
 * Compares what a finished run intended with what the service recorded, and notes the counts in the run's folder. Sends
 * nothing. To be closed.
 * @throws RecoveryError `operation-not-allowed` for a run that has not ended, `invalid-configuration` where the
 *   incident names no recorded outputs, `stale-plan` where the worker is not that of the run, and what
 *   `findCorrections` throws
 */
export async function correctionsOfRun(
  situation: RecoveryInputs,
  runId: string,
  ports: CorrectionPorts = {},
  work: LongWork = {},
): Promise<CorrectionsOfRun> {
  const { store, recordedOutputs: recorded } = situation;
  const catalogue = openRunCatalogue(store);
  const report = catalogue.report(runId);
  if (report === null || !isFinished(report)) {
    throw new RecoveryError(
      'operation-not-allowed',
      `run ${runId} has not ended; a part of its outputs says nothing about the rest`,
      { hint: `eventmend resume ${runId}` },
    );
  }
  if (recorded === undefined || recorded === null) {
    throw new RecoveryError('invalid-configuration', 'the incident names no recorded outputs to compare with', {
      hint: 'name what the service sent under live.outputs of the incident file',
    });
  }
  const { worker, hash } = await inspectWorker(situation);
  if (hash !== catalogue.plan(runId).worker.hash) {
    throw new RecoveryError('stale-plan', `the worker ${worker.name} was changed since run ${runId}`, {
      hint: 'corrections are made with the worker of the run: put it back, or plan and recover again',
    });
  }
  const { location, digest, unknownOriginals } = await recorded.describe();
  if (unknownOriginals !== undefined) throw originalsNotKnown(unknownOriginals);
  const { diagnosedFaults, ...given } = ports;
  const faultOf = given.faultOf ?? diagnosedFaults?.(store, { workerHash: hash, outputsDigest: digest }) ?? null;
  const run = openIntendedRun(catalogue, report);
  const scratch = join(store, 'scratch');
  try {
    const reasons = faultOf === null ? {} : { faultOf };
    const independent =
      run.orderMayDiffer && given.orderMatters === undefined
        ? await independentKeys(situation, worker, catalogue.plan(runId), report)
        : null;
    const order = independent === null ? {} : { orderMatters: (key: string) => !independent.has(key) };
    const values = new OutputValues(worker.outputs);
    const found = await findCorrections(
      { ...given, ...reasons, ...order, values, run, recorded, retract: retractOfWorker(worker), scratch },
      work,
    );
    const stored: StoredCounts = { format_version: 1, runId, counts: found.counts };
    writeFileDurably(runFiles(store, runId).corrections, `${JSON.stringify(stored, null, 2)}\n`);
    return { ...found, report, recordedAt: location };
  } finally {
    run.close();
  }
}
