import type { LongWork, Plan } from '@eventmend/core';
import {
  baselineCandidates,
  checkedByTransitions,
  chooseCandidate,
  examineSnapshots,
  placeByTime,
  proveTransitions,
  SnapshotObjections,
  withObjections,
  type BaselineCandidate,
  type PreparedInputs,
  type ResolvedTarget,
} from '@eventmend/core/engine';

/** The state that an estimate begins with. */
export type EnsembleBaseline = BaselineCandidate;

/** It, and what was found out on the way. */
export interface ChosenBaseline {
  readonly baseline: EnsembleBaseline;
  /** The inputs, with snapshots of which only the time is known among those that can be begun at. */
  readonly prepared: PreparedInputs;
  readonly findings: Plan['snapshots'];
  readonly workerCheck: Plan['workerCheck'];
}

/**
 * The state behind which least is lost, by the rules of every recovery. States whose place lies somewhere among lost offsets are
 * none here: nobody knows how many of these events they have seen, and so not how many to draw.
 * @param wanted `auto`, `genesis` or the id of a snapshot
 * @param depth with recorded proofs alone nothing is replayed, and transitions between snapshots say nothing against one
 * @throws RecoveryError `unproven-baseline` for a snapshot that was asked for and cannot be begun at
 */
export async function chooseBaseline(
  inputs: PreparedInputs,
  target: ResolvedTarget,
  wanted: string,
  depth: 'prove' | 'recorded-proofs',
  work: LongWork,
): Promise<ChosenBaseline> {
  const withPlaces = await placeByTime(inputs);
  const { prepared } = withPlaces;
  const examination = await examineSnapshots(prepared, depth, work);
  const transitions = depth === 'prove' ? await proveTransitions(prepared, work) : [];
  const objections = new SnapshotObjections(prepared.situation);
  const candidates = await baselineCandidates(withPlaces, examination, transitions, target, objections);
  const baseline = chooseCandidate(
    candidates.filter(({ isWithinLoss }) => !isWithinLoss),
    wanted,
  );
  if (baseline === null) throw new Error('the beginning of the log is always a candidate');
  return {
    ...{ baseline, prepared },
    findings: withObjections(examination.findings, objections),
    workerCheck: await checkedByTransitions(examination.workerCheck, transitions, prepared),
  };
}
