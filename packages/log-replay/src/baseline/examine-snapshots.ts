import { hash as hashOnce } from 'node:crypto';
import {
  canonicalJson,
  specOfPlan,
  positionToJson,
  type LongWork,
  type Position,
  type RecordedRanks,
  type SnapshotFinding,
  type WorkerCheck,
} from '@eventmend/core';
import type { ReplaySituation } from '../replay-situation.js';
import { beginningOf, endOf } from '../resources/boundary-positions.js';
import { coverPartitions, gapsOf } from '../resources/cover-partitions.js';
import type { LogSurvey } from '../resources/survey-logs.js';
import { segmentsOf } from '../plan/plan-segments.js';
import { refuseInterrupted } from '../plan/refuse-interrupted.js';
import type { WorkerFacts } from '../worker/learn-worker.js';
import { readCertificates, writeCertificates, type Certificate } from './certificates.js';
import { checkWorker } from './check-worker.js';
import { judgeCandidate, judgeRejected } from './judge-snapshots.js';
import type { CutFinding, OrderAtCut } from './prove-snapshots.js';
import { runProof } from './run-proof.js';
import type { SnapshotCandidate, SnapshotCandidates } from './snapshot-candidates.js';

/** A snapshot that may serve as a baseline, with what is known about it. */
export interface ExaminedSnapshot {
  readonly candidate: SnapshotCandidate;
  readonly finding: SnapshotFinding;
  /** Empty where no replay has been there. */
  readonly order: readonly OrderAtCut[];
}

export interface Examination {
  /** The earliest first. */
  readonly examined: readonly ExaminedSnapshot[];
  /** All findings, those that cannot be compared included. */
  readonly findings: readonly SnapshotFinding[];
  readonly workerCheck: WorkerCheck;
  /** What the proofs rest on, in words. */
  readonly root: string;
  /** A proof is worth no more than its root: from a declared one everything stays declared. */
  readonly rootBasis: 'genesis' | 'declared';
  readonly eventsPerSecond: number | null;
  readonly proofMs: number | null;
}

export interface ExaminationInput {
  readonly situation: ReplaySituation;
  readonly facts: WorkerFacts;
  readonly survey: LogSurvey;
  readonly snapshots: SnapshotCandidates;
  readonly recorded: (RecordedRanks & { readonly digest: string }) | null;
}

/** `recorded-proofs` answers at once from certificates; `prove` replays what they do not cover. */
export type ExaminationDepth = 'recorded-proofs' | 'prove';

/**
 * Finds out which snapshots a replay from a trust root reproduces. The root is the beginning of the log where the log
 * holds it, else the latest snapshot that the user declares trusted.
 */
export async function examineSnapshots(
  input: ExaminationInput,
  depth: ExaminationDepth,
  work: LongWork,
): Promise<Examination> {
  const { situation, snapshots } = input;
  const root = proofRoot(input);
  const provable = root === null ? [] : snapshots.candidates.filter((candidate) => candidate.reach > root.reach);
  const basis = root === null ? '' : proofBasis(input, root);
  // A log that cannot tell whether it changed leaves nothing to rely on.
  const pinned = input.survey.logs.every(({ description }) => description.fingerprint !== null);
  let certificates = certificatesFor(pinned ? readCertificates(situation.store) : [], basis, provable);
  let eventsPerSecond: number | null = null;
  let proofMs: number | null = null;
  const last = provable.at(-1);
  if (
    depth === 'prove' &&
    root !== null &&
    last !== undefined &&
    provable.some(({ description }) => !certificates.has(description.id))
  ) {
    const proof = await runProof(proofOf(input, root, provable, furthest(provable)), work);
    const fresh = provable.flatMap((candidate) => {
      const cut = proof.findings.find(({ id }) => id === candidate.description.id);
      return cut === undefined ? [] : [certify(candidate, cut, basis)];
    });
    const applied = proof.findings.at(-1)?.applied ?? 0;
    proofMs = Math.round(proof.elapsedMs);
    eventsPerSecond = proof.elapsedMs > 0 ? Math.round((applied / proof.elapsedMs) * 1000) : null;
    writeCertificates(situation.store, fresh);
    certificates = new Map(fresh.map((certificate) => [certificate.snapshot, certificate]));
    refuseInterrupted(work.signal);
  }
  const examined = snapshots.candidates.map((candidate): ExaminedSnapshot => {
    const certificate = certificates.get(candidate.description.id);
    return certificate === undefined
      ? { candidate, finding: judgeCandidate(candidate, undefined, situation.trusted), order: [] }
      : { candidate, finding: trustOver(certificate.finding, situation.trusted), order: certificate.order };
  });
  return {
    examined,
    findings: [...examined.map(({ finding }) => finding), ...snapshots.rejected.map(judgeRejected)],
    workerCheck: checkWorker(examined, situation.incident.onset),
    root: root === null ? 'none: the log does not reach back to its beginning' : root.description,
    rootBasis: root?.id === null ? 'genesis' : 'declared',
    eventsPerSecond,
    proofMs,
  };
}

interface Root {
  readonly description: string;
  readonly id: string | null;
  readonly digest: string;
  readonly stateVersion: number;
  readonly position: Position;
  readonly reach: number;
}

function proofRoot({ situation, survey, snapshots }: ExaminationInput): Root | null {
  const beginning = beginningOf(survey);
  const reach = beginning.reduce((sum, part) => sum + part.next, 0);
  const end = snapshots.candidates.length > 0 ? furthest(snapshots.candidates) : endOf(survey);
  if (gapsOf(coverPartitions(survey, beginning, end)).length === 0) {
    return {
      description: 'the beginning of the log',
      id: null,
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
    description: `snapshot ${id}, declared trusted`,
    id,
    digest,
    stateVersion,
    position: trusted.position,
    reach: trusted.reach,
  };
}

/** The furthest position that any of them has reached, partition by partition. */
function furthest(candidates: readonly SnapshotCandidate[]): Position {
  const [first, ...others] = candidates.map(({ position }) => position);
  return (first ?? []).map((part, place) => ({
    ...part,
    next: Math.max(part.next, ...others.map((position) => position[place]?.next ?? 0)),
  }));
}

/** Everything that a finding depends on but the snapshot itself. */
function proofBasis({ situation, facts, survey, recorded }: ExaminationInput, root: Root): string {
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

function certificatesFor(
  all: readonly Certificate[],
  basis: string,
  candidates: readonly SnapshotCandidate[],
): ReadonlyMap<string, Certificate> {
  const digests = new Map(candidates.map(({ description }) => [description.id, description.digest]));
  return new Map(
    all
      .filter((certificate) => certificate.basis === basis && digests.get(certificate.snapshot) === certificate.digest)
      .map((certificate) => [certificate.snapshot, certificate]),
  );
}

function proofOf(input: ExaminationInput, root: Root, candidates: readonly SnapshotCandidate[], end: Position) {
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
    logs: survey.logs.map(({ log }) => log),
    recorded,
    root: root.id === null ? null : { id: root.id, stateVersion: root.stateVersion },
    cuts,
  };
}

function certify(candidate: SnapshotCandidate, cut: CutFinding, basis: string): Certificate {
  const { id, digest } = candidate.description;
  return { snapshot: id, digest, basis, finding: judgeCandidate(candidate, cut, []), order: cut.order };
}

/** What the user declares stands where no proof says otherwise; a proof is better than a declaration. */
function trustOver(finding: SnapshotFinding, trusted: readonly string[]): SnapshotFinding {
  if (!trusted.includes(finding.id) || finding.finding === 'proven') return finding;
  return { ...finding, finding: 'declared', reason: `declared trusted in the incident (${finding.reason})` };
}
