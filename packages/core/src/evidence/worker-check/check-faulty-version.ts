import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { Position } from '../../model/position/position.js';
import type { WorkerSource } from '../../worker/worker-source.js';
import { proofOf, type Root } from '../proof/proof-root.js';
import { proofOfRun, watchedProof } from '../proof/run-proof.js';
import { placeOnLog } from '../proof/snapshot-candidates.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';
import { coverPartitions, lostOf } from '../coverage/cover-partitions.js';
import { jobModule, runJob } from '../inputs/run-job.js';
import { inspectWorker } from '../inputs/inspect-worker.js';
import type { FaultyFinding } from './check-report.js';
import { explainWrongState } from './explain-wrong-state.js';
import liveReplayJob from './live-replay-job.js';
import type { OutsideWindow } from './windowed-worker.js';
import { liveCut, type LiveReplay } from './replay-to-live.js';

const nothing = {
  wrong: 0,
  explained: 0,
  notExplained: 0,
  contradicted: 0,
  undetermined: 0,
  keys: 0,
  first: null,
} as const;

/** Replays the corrected and the deployed version over the incident, and says how much of the live state the latter explains. */
export async function checkFaultyVersion(
  prepared: PreparedInputs,
  from: Root,
  source: WorkerSource,
  work: LongWork,
): Promise<FaultyFinding> {
  const faulty = { ...prepared.situation, worker: source };
  const facts = await inspectWorker(faulty);
  const { id: snapshot, basis } = from;
  const named = { worker: `${facts.worker.name}@${facts.worker.version}`, from: { snapshot, basis } };
  const { live } = prepared.situation;
  const [described] = live === null ? [] : (await live.list()).snapshots;
  if (live === null || described === undefined) return { ...named, ...nothing, reason: { kind: 'no-live-state' } };
  const position = placeOnLog(described.position, prepared.survey);
  if ('kind' in position) return { ...named, ...nothing, reason: { kind: 'live-not-on-log', problem: position } };
  const gaps = lostOf(coverPartitions(prepared.survey, from.position, position));
  if (gaps.length > 0) return { ...named, ...nothing, reason: { kind: 'gaps', gaps } };
  const at = { id: described.id, stateVersion: described.stateVersion, position };
  const corrected = await replayVersion(prepared, from, at, null, work);
  const outside = outsideIncident(prepared, source);
  const deployed = await replayVersion({ ...prepared, situation: faulty, facts }, from, at, outside, work);
  if (corrected.cut?.comparison === null || deployed.cut?.comparison === null) {
    return { ...named, ...nothing, reason: { kind: 'order-not-determined' } };
  }
  return { ...named, reason: null, ...explainWrongState(corrected, deployed) };
}

/** The deployed version ran in the incident's window; before and behind it, the service did what the corrected one does. */
function outsideIncident({ situation }: PreparedInputs, deployed: WorkerSource): OutsideWindow | null {
  const { incident, worker, references } = situation;
  if (incident.onset === null && incident.end === null) return null;
  // A definition in memory cannot be handed to a thread.
  if (worker.kind === 'definition' && deployed.kind !== 'definition') return null;
  return { worker, references, from: incident.onset, until: incident.end };
}

async function replayVersion(
  prepared: PreparedInputs,
  from: Root,
  live: { readonly id: string; readonly stateVersion: number; readonly position: Position },
  outside: OutsideWindow | null,
  work: LongWork,
): Promise<LiveReplay> {
  const run = proofOf(prepared, from, [], live.position);
  const ends = live.position.map((part) => part.next);
  const proof = proofOfRun({ ...run, cuts: [{ id: liveCut, stateVersion: live.stateVersion, ends }] });
  const { snapshots, live: source } = run.situation;
  const replay = await runJob(
    run,
    {
      module: jobModule(import.meta.url, '#live-replay-job'),
      job: liveReplayJob,
      request: (forced) => ({ proof: { ...proof, forced }, liveId: live.id, outside }),
      sources: { snapshots: run.root === null ? null : snapshots, live: source },
      ...watchedProof(run),
    },
    work,
  );
  refuseStopped(work.signal);
  return replay;
}

/** A check that was stopped comes to no verdict. @throws RecoveryError `interrupted` */
export function refuseStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new RecoveryError('interrupted', 'stopped before the worker was checked', {
    hint: 'run the same command again',
  });
}
