import { positionToJson, type Position } from '../../model/position/position.js';
import type { SpecPartition } from '../../engine/spec/replay-spec.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { RecordedRanks } from '../../model/order/recorded-ranks.js';
import type { RecoveryInputs } from '../inputs/recovery-inputs.js';
import { beginningOf, endOf } from '../coverage/boundary-positions.js';
import { coverPartitions, lostOf } from '../coverage/cover-partitions.js';
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
 * The beginning of the log where the log holds everything from there on, else the latest snapshot that is declared trusted
 * and holds that; where there are holes on every way, the one that most can be told from. Null where the log reaches back to
 * its beginning in no partition, and no snapshot is declared trusted.
 * @param end up to where the log is replayed; by default the furthest snapshot, or the end of the log
 */
export function proofRoot(input: ProofInput, end = endOfProof(input.snapshots, input.survey)): Root | null {
  const { situation, survey, snapshots, facts } = input;
  const isWhole = ({ position }: Root): boolean => lostOf(coverPartitions(survey, position, end)).length === 0;
  const genesis = rootAtBeginning(survey);
  const trusted = snapshots.candidates
    .filter(({ description }) => situation.trusted.includes(description.id))
    .map(rootOf)
    .reverse();
  const whole = [genesis, ...trusted].find(isWhole);
  if (whole !== undefined) return whole;
  const reachesBack = survey.partitions.some(({ from, beginning: oldest }) => from <= oldest);
  const roots = reachesBack ? [genesis, ...trusted] : trusted;
  const worth = roots.map((root) => lanesToldOf(root, snapshots, survey, facts.locality, end));
  return roots[worth.indexOf(Math.max(...worth))] ?? null;
}

/** The beginning of the log as the place where a proof begins. */
export function rootAtBeginning(survey: LogSurvey): Root {
  const position = beginningOf(survey);
  const reach = position.reduce((sum, part) => sum + part.next, 0) - 1;
  return { id: null, basis: 'genesis', digest: '', stateVersion: 1, position, reach };
}

/** A snapshot as the place where a proof begins. */
export function rootOf({ description: { id, digest, stateVersion }, position, reach }: SnapshotCandidate): Root {
  return { id, basis: 'declared', digest, stateVersion, position, reach };
}

/** Over all snapshots behind a root, and the end: in how many lanes no hole lies between. */
function lanesToldOf(
  root: Root,
  { candidates }: SnapshotCandidates,
  survey: LogSurvey,
  locality: 'partition' | 'global',
  end: Position,
): number {
  const ends = [...candidates.filter(({ reach }) => reach > root.reach).map(({ position }) => position), end];
  let told = 0;
  for (const position of ends) {
    const cover = coverPartitions(survey, root.position, position);
    const broken = new Set(lostOf(cover).map(partitionKey)).size;
    told += locality === 'partition' ? cover.length - broken : broken === 0 ? 1 : 0;
  }
  return told;
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
    form: 5,
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
  // What a hole may have held is never taken for a difference: see `holeReach`.
  const spec = {
    ...specBetween(input, root.position, end, root.id === null ? 'genesis' : 'declared'),
    acceptGaps: true,
  };
  const proven = situation.poison === 'stop' ? { ...spec, partitions: spec.partitions.map(withDamageAsGaps) } : spec;
  const cuts = candidates.map(({ description, position }) => ({
    id: description.id,
    stateVersion: description.stateVersion,
    ends: position.map((part) => part.next),
  }));
  return {
    situation,
    spec: proven,
    survey,
    recorded,
    root: root.id === null ? null : { id: root.id, stateVersion: root.stateVersion },
    cuts,
  };
}

/** A proof parks nothing where the policy parks nothing, and still goes on behind a record that cannot be read. */
function withDamageAsGaps(partition: SpecPartition): SpecPartition {
  const holes = partition.holes.map((hole) =>
    hole.reason === 'damaged' ? { ...hole, reason: 'missing' as const } : hole,
  );
  return { ...partition, holes };
}
