import { hash as hashOnce } from 'node:crypto';
import { canonicalJson } from '../../model/json/canonical-json.js';
import { positionToJson, type Position } from '../../model/position/position.js';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import type { RecordedRanks } from '../../model/order/recorded-ranks.js';
import { segmentsOf } from '../coverage/plan-segments.js';
import type { RecoveryInputs } from '../inputs/recovery-inputs.js';
import { beginningOf, endOf } from '../coverage/boundary-positions.js';
import { coverPartitions, gapsOf } from '../coverage/cover-partitions.js';
import type { LogSurvey } from '../coverage/survey-logs.js';
import type { WorkerFacts } from '../inputs/inspect-worker.js';
import type { ProofRun } from './run-proof.js';
import type { SnapshotCandidate, SnapshotCandidates } from './snapshot-candidates.js';

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
export function proofBasis({ situation, facts, survey, recorded }: ProofInput, root: Root): string {
  return hashOnce(
    'sha256',
    canonicalJson({
      form: 3,
      worker: facts.hash,
      references: facts.references,
      order: situation.order,
      poison: situation.poison,
      recorded: recorded?.digest ?? null,
      root: { id: root.id, digest: root.digest, position: positionToJson(root.position) },
      logs: survey.logs.map(({ description }) => description.fingerprint),
    }),
  );
}

/** The replay from a root to an end, through the positions of snapshots. */
export function proofOf(
  input: ProofInput,
  root: Root,
  candidates: readonly SnapshotCandidate[],
  end: Position,
): ProofRun {
  const { situation, facts, survey, recorded } = input;
  const cover = coverPartitions(survey, root.position, end);
  const spec = specOfPlan(
    {
      worker: { locality: facts.locality },
      order: situation.order,
      poison: situation.poison,
      acceptGaps: false,
      baseline: [
        {
          scope: { kind: 'all' },
          basis: root.id === null ? 'genesis' : 'declared',
          position: positionToJson(root.position),
        },
      ],
      segments: segmentsOf(cover, survey, 'exact'),
      logs: survey.logs,
      target: { position: positionToJson(end) },
      logEnd: positionToJson(endOf(survey)),
    },
    survey.logs.map(({ description }) => description),
  );
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
