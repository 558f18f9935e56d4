import { existsSync } from 'node:fs';
import { isRecoveryError, RecoveryError } from '../../model/errors/recovery-error.js';
import { cutOutputChunk, type CutChunk } from '../../engine/outputs/cut-output-chunk.js';
import { parseOutputChunk } from '../../engine/outputs/output-columns.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { IntendedOutput } from '../../model/outputs/output.js';
import type { Cause } from '../../model/provenance/provenance.js';
import { causeLookup } from '../report/key-fidelity.js';
import { hashOutputChunk } from '../../engine/digest/output-digest.js';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import { lanesOf, type SpecPartition } from '../../engine/spec/replay-spec.js';
import type { QuarantinedEvent } from '../../model/accounts/quarantined-event.js';
import type { OutputChunk, RunStore } from '../../engine/store/run-store.js';
import type { Plan } from '../../model/plan/plan.js';
import type { RecoveredState } from '../../model/strategy/run.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { Verification } from '../../model/strategy/verification.js';
import { lockRun } from './run-lock.js';
import { listRunIds, readRunPlan, removeRunFolder, runFiles, type RunFiles } from './run-folder.js';
import { readRunReport, readVerification } from './read-run-report.js';
import { damagedState, openStatesOfRun } from './read-states.js';
import { openStoreOfRun } from '../fleet/open-store-of-run.js';

/** The intended outputs of a run, open for reading. */
export interface OutputsOfRun {
  /** In the order of the lanes. */
  readonly lanes: readonly LaneOutputs[];
  /** What is stored of a key: the causes that its value rests on; null for a key without a row. */
  causesOf(key: string): readonly Cause[] | null;
  close(): void;
}

/** The outputs of one lane, in the order of its golden list. */
export interface LaneOutputs {
  readonly partitions: readonly SpecPartition[];
  /** From the beginning, each time it is called. */
  read(): Iterable<IntendedOutput>;
  /** The same chunk by chunk, without the values, which stay in the bytes of their chunk. */
  readCut(): Iterable<CutOutputs>;
}

/** The outputs of one chunk. */
export interface CutOutputs {
  readonly chunk: CutChunk;
  /** By the number that the chunk gives them. */
  readonly places: readonly PartitionId[];
  readonly kinds: readonly IntendedOutput['kind'][];
}

/** The runs of a store folder, to be looked at; nothing here changes a run but `remove`. */
export interface RunCatalogue {
  list(): readonly RunReport[];
  plan(runId: string): Plan;
  /** The report of the last attempt, or null for a run that never got that far. */
  report(runId: string): RunReport | null;
  verification(runId: string): Verification | null;
  /**
   * In the order of the keys, each checked against its hash; behind them those that were kept from the live state, in the
   * order in which it has them. @throws RecoveryError `corrupt-run-store`
   */
  states(runId: string): Iterable<RecoveredState>;
  /** In the order of the golden list, lane by lane. @throws RecoveryError `corrupt-run-store` */
  outputs(runId: string): Iterable<IntendedOutput>;
  /**
   * The same lane by lane, so that lanes can be read side by side. To be closed.
   * @throws RecoveryError `corrupt-run-store`
   */
  openOutputs(runId: string): OutputsOfRun;
  quarantined(runId: string): Iterable<QuarantinedEvent>;
  /** Deletes a run that nobody works on. @throws RecoveryError `locked-by-another-process`, `run-not-found` */
  remove(runId: string): void;
}

export function openRunCatalogue(store: string): RunCatalogue {
  return {
    list: () => listRunIds(store).flatMap((runId) => readReport(runFiles(store, runId), runId) ?? []),
    plan: (runId) => readRunPlan(runFiles(store, runId)),
    report: (runId) => readReport(existing(store, runId), runId),
    verification: (runId) => readVerification(existing(store, runId)),
    states: (runId) => readStates(existing(store, runId)),
    outputs: (runId) => readOutputs(existing(store, runId)),
    openOutputs: (runId) => openOutputs(existing(store, runId)),
    quarantined: (runId) => readQuarantined(existing(store, runId)),
    remove: (runId) => {
      const files = existing(store, runId);
      const lock = lockRun(files.lock, runId);
      try {
        removeRunFolder(files);
      } finally {
        lock.release();
      }
    },
  };
}

function existing(store: string, runId: string): RunFiles {
  const files = runFiles(store, runId);
  if (!existsSync(files.plan)) {
    throw new RecoveryError('run-not-found', `there is no run ${runId} in ${store}`, {
      hint: 'eventmend runs lists them',
    });
  }
  return files;
}

/** A run that says it is running, and that nobody holds, was killed. */
function readReport(files: RunFiles, runId: string): RunReport | null {
  const report = readRunReport(files);
  if (report?.status !== 'running') return report;
  try {
    lockRun(files.lock, runId).release();
  } catch (error) {
    if (isRecoveryError(error) && error.code === 'locked-by-another-process') return report;
    throw error;
  }
  return { ...report, status: 'interrupted' };
}

function* withStore<T>(files: RunFiles, read: (store: RunStore) => Iterable<T>): Iterable<T> {
  const store = openStoreOfRun(files);
  try {
    yield* read(store);
  } finally {
    store.close();
  }
}

function readQuarantined(files: RunFiles): Iterable<QuarantinedEvent> {
  return withStore(files, (store) => store.quarantined());
}

function* readStates(files: RunFiles): Iterable<RecoveredState> {
  const states = openStatesOfRun(files);
  try {
    yield* states.read();
  } finally {
    states.close();
  }
}

function* readOutputs(files: RunFiles): Iterable<IntendedOutput> {
  const outputs = openOutputs(files);
  try {
    for (const lane of outputs.lanes) yield* lane.read();
  } finally {
    outputs.close();
  }
}

function openOutputs(files: RunFiles): OutputsOfRun {
  const plan = readRunPlan(files);
  const spec = specOfPlan(plan, []);
  const store = openStoreOfRun(files);
  const lookup = causeLookup(spec, store);
  return {
    lanes: lanesOf(spec).map(({ lane, partitions }) => ({
      partitions,
      read: () => readLane(files, plan, store.chunks(lane), partitions),
      readCut: () => cutLane(files, plan, store.chunks(lane), partitions),
    })),
    causesOf: (key) => {
      const stored = store.state(key);
      return stored === undefined ? null : lookup.causes(stored.lane, stored.provenance);
    },
    close: () => {
      store.close();
    },
  };
}

function* readLane(
  files: RunFiles,
  plan: Plan,
  chunks: Iterable<OutputChunk>,
  partitions: readonly SpecPartition[],
): Iterable<IntendedOutput> {
  const ids = new Map(partitions.map(({ id }) => [`${id.topic}/${id.partition}`, id]));
  let id: Partial<PartitionId> = {};
  let seq = 0;
  for (const chunk of chunks) {
    if (hashOutputChunk(chunk.text) !== chunk.hash) throw damagedState(files, `outputs ${seq} and following`);
    for (const one of parseOutputChunk(chunk.text)) {
      const { topic, partition, output, key, offset, time, ordinal, businessId, value } = one;
      if (id.topic !== topic || id.partition !== partition) id = ids.get(`${topic}/${partition}`) ?? {};
      const { source = '', incarnation = '' } = id;
      const kind = kindOf(plan, output);
      // Without spreading: there is one of these for every output of a run.
      yield {
        seq: seq++,
        output,
        kind,
        source,
        topic,
        incarnation,
        partition,
        offset,
        time,
        key,
        ordinal,
        businessId,
        value,
      };
    }
  }
}

function* cutLane(
  files: RunFiles,
  plan: Plan,
  chunks: Iterable<OutputChunk>,
  partitions: readonly SpecPartition[],
): Iterable<CutOutputs> {
  const ids = new Map(partitions.map(({ id }) => [`${id.topic}/${id.partition}`, id]));
  let seq = 0;
  for (const { text, hash, count } of chunks) {
    const bytes = Buffer.from(text, 'utf8');
    if (hashOutputChunk(bytes) !== hash) throw damagedState(files, `outputs ${seq} and following`);
    const chunk = cutOutputChunk(bytes);
    const places = chunk.partitions.map(
      ([topic, partition]) => ids.get(`${topic}/${partition}`) ?? { source: '', incarnation: '', topic, partition },
    );
    yield { chunk, places, kinds: chunk.names.map((name) => kindOf(plan, name)) };
    seq += count;
  }
}

function kindOf(plan: Plan, output: string): IntendedOutput['kind'] {
  return Object.hasOwn(plan.worker.outputs, output) ? (plan.worker.outputs[output] ?? 'undeclared') : 'undeclared';
}
