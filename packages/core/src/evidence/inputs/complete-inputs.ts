import { createHash, randomUUID } from 'node:crypto';
import type { EventLog } from '../../model/log/event-log.js';
import { canonicalJson } from '../../model/json/canonical-json.js';
import { defaultMaxStepMs } from '../../model/order/order-spec.js';
import { isWorker } from '../../worker/define-worker.js';
import type { WorkerSource } from '../../worker/worker-source.js';
import type { Worker } from '../../worker/worker.js';
import type { RecoveryInputs, ReplayLog } from './recovery-inputs.js';

/**
 * What a program gives a strategy: a worker and the logs, and of the rest what it has. `openIncident` gives all of it from
 * an incident file.
 */
export interface IncidentInputs extends Partial<Omit<RecoveryInputs, 'worker' | 'logs' | 'incident'>> {
  /**
   * A worker, or the URL of its module. A module runs in threads of its own, on all cores, where an endless loop is ended;
   * a worker that is given as it is runs in this thread, and its proofs and plans hold for this process only, unless a
   * `WorkerSource` names its version.
   */
  readonly worker: WorkerSource | Worker | URL;
  /** Logs that hold the events, the preferred first. */
  readonly logs: readonly (EventLog | ReplayLog)[];
  /** `incident` by default, with an error that began at an unknown time and goes on. */
  readonly incident?: Partial<RecoveryInputs['incident']>;
}

/**
 * Fills in what was left out: no snapshots, nothing trusted, nothing live, order by time, stop at an event that cannot be
 * processed, and runs in the folder `.eventmend`.
 */
export function completeInputs(inputs: IncidentInputs): RecoveryInputs {
  const { incident, worker, logs, ...rest } = inputs;
  const given = {
    snapshots: null,
    trusted: [],
    live: null,
    order: { by: 'time', maxStepMs: defaultMaxStepMs },
    poison: 'stop',
    references: {},
    store: '.eventmend',
    ...rest,
  } as const;
  const { name = 'incident', onset = null, end = null } = incident ?? {};
  const { order, poison, trusted } = given;
  const digest = incident?.digest ?? sha256(canonicalJson({ name, onset, end, order, poison, trusted: [...trusted] }));
  return {
    ...given,
    incident: { name, digest, onset, end },
    worker: workerSource(worker),
    logs: logs.map((log) => ('log' in log ? log : { log, as: 'log' })),
  };
}

function workerSource(worker: IncidentInputs['worker']): WorkerSource {
  if (worker instanceof URL) return { kind: 'module', url: worker.href };
  if (!isWorker(worker)) return worker;
  return { kind: 'definition', worker, hash: versionOf(worker) };
}

const versions = new WeakMap<Worker, string>();

/** What a worker closes over is not seen, so that proofs of one are no proofs of another, nor of a later process. */
function versionOf(worker: Worker): string {
  const version = versions.get(worker) ?? sha256(randomUUID());
  versions.set(worker, version);
  return version;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
