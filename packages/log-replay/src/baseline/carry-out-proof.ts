import type { EventLog, LongWork, RecordedRanks, ReplayInputs, ReplayLocators, RunControl } from '@eventmend/core';
import type { ReplaySituation } from '../replay-situation.js';
import { eventTimeoutOf, locateReplay, type JobName } from '../threads/locate-replay.js';
import { replayHere } from '../threads/replay-here.js';
import type { Proof } from './prove-snapshots.js';
import { superviseProof } from './supervise-proof.js';

/** A proof, and the two ways to carry it out. */
export interface ProofWork<Result, Data extends { readonly proof: Proof }> {
  readonly proof: Proof;
  readonly situation: ReplaySituation;
  readonly logs: readonly EventLog[];
  readonly recorded: RecordedRanks | null;
  readonly module: JobName;
  /** What the thread is given; null where something lives in this thread's memory only. */
  readonly dataOf: (locators: ReplayLocators) => Data | null;
  readonly here: (inputs: ReplayInputs, control: RunControl) => Promise<Result>;
}

/** Carries a proof out, in a supervised thread wherever everything can be opened there. */
export async function carryOutProof<Result, Data extends { readonly proof: Proof }>(
  { proof, situation, logs, recorded, module, dataOf, here }: ProofWork<Result, Data>,
  work: LongWork,
): Promise<Result> {
  const total = proof.spec.partitions.reduce((sum, partition) => sum + partition.target - partition.next, 0);
  const tell = (done: number, quarantined: number): void =>
    work.onProgress?.({ phase: 'prove', done: Math.min(done, total), total, quarantined });
  const locators = locateReplay(situation, logs);
  const data = locators === null ? null : dataOf(locators);
  if (data !== null) {
    const { poison } = situation;
    const eventTimeoutMs = eventTimeoutOf(situation);
    return superviseProof<Result, Data>({ module, data, poison, eventTimeoutMs, tell }, work);
  }
  return replayHere({ situation, logs, recorded }, tell, work, here);
}
