import { positionToJson, type Position } from '../../model/position/position.js';
import type { RecordedRanks } from '../../model/order/recorded-ranks.js';
import type { RecoveryInputs } from '../inputs/recovery-inputs.js';
import { beginningOf, endOf } from '../coverage/boundary-positions.js';
import { coverPartitions, gapsOf } from '../coverage/cover-partitions.js';
import type { LogSurvey } from '../coverage/survey-logs.js';
import type { WorkerFacts } from '../inputs/inspect-worker.js';
import type { ProofRun } from './run-proof.js';
import type { SnapshotCandidate, SnapshotCandidates } from './snapshot-candidates.js';
import { replayBasis, specBetween } from '../inputs/spec-between.js';

/** What is known without replaying, as far as a proof needs it. */
export interface ProofInput {
  readonly situation: RecoveryInputs;
  readonly facts: WorkerFacts;
  readonly survey: LogSurvey;
  readonly snapshots: SnapshotCandidates;
  readonly recorded: (RecordedRanks & { readonly digest: string }) | null;
}

/** Where a proof begins, and what makes that worth something. */
export interface Root {
  /** Null for the beginning of the log. */
  readonly id: string | null;
  readonly basis: 'genesis' | 'declared' | 'proven';
  readonly digest: string;
  readonly stateVersion: number;
  readonly position: Position;
  readonly reach: number;
}

/**
 * The beginning of the log where the log holds it, else the latest snapshot that is declared trusted; null without either.
 * @param end up to where the log must hold everything; by default the furthest snapshot, or the end of the log
 */
export function proofRoot(
  { situation, survey, snapshots }: ProofInput,
  end = endOfProof(snapshots, survey),
): Root | null {
  const beginning = beginningOf(survey);
  const reach = beginning.reduce((sum, part) => sum + part.next, 0);
  if (gapsOf(coverPartitions(survey, beginning, end)).length === 0) {
    return {
      id: null,
      basis: 'genesis',
      digest: '',
      stateVersion: 1,
      position: beginning,
      reach: reach - 1,
    };
  }
  const trusted = snapshots.candidates.findLast(
    ({ description, position }) =>
      situation.trusted.includes(description.id) && gapsOf(coverPartitions(survey, position, end)).length === 0,
  );
  if (trusted === undefined) return null;
  const { id, digest, stateVersion } = trusted.description;
  return {
    id,
    basis: 'declared',
    digest,
    stateVersion,
    position: trusted.position,
    reach: trusted.reach,
  };
}

function endOfProof({ candidates }: SnapshotCandidates, survey: LogSurvey): Position {
  return candidates.length > 0 ? furthest(candidates) : endOf(survey);
}

/** The furthest position that any of them has reached, partition by partition. */
export function furthest(candidates: readonly SnapshotCandidate[]): Position {
  const [first, ...others] = candidates.map(({ position }) => position);
  return (first ?? []).map((part, place) => ({
    ...part,
    next: Math.max(part.next, ...others.map((position) => position[place]?.next ?? 0)),
  }));
}

/** Everything that a finding depends on but the snapshot itself. */
export function proofBasis(input: ProofInput, root: Root): string {
  return replayBasis(input, {
    form: 3,
    root: { id: root.id, digest: root.digest, position: positionToJson(root.position) },
  });
}

/** The replay from a root to an end, through the positions of snapshots. */
export function proofOf(
  input: ProofInput,
  root: Root,
  candidates: readonly SnapshotCandidate[],
  end: Position,
): ProofRun {
  const { situation, survey, recorded } = input;
  const spec = specBetween(input, root.position, end, root.id === null ? 'genesis' : 'declared');
  const cuts = candidates.map(({ description, position }) => ({
    id: description.id,
    stateVersion: description.stateVersion,
    ends: position.map((part) => part.next),
  }));
  return {
    situation,
    spec,
    survey,
    recorded,
    root: root.id === null ? null : { id: root.id, stateVersion: root.stateVersion },
    cuts,
  };
}
