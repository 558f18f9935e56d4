import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import type { PlacementProblem } from '../../model/position/placement-problem.js';
import { startOfOrder, type Position } from '../../model/position/position.js';
import type { DamagedSnapshot, SnapshotDescription, SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import type { LogSurvey } from '../coverage/survey-logs.js';

/** A snapshot whose position is one of this log's. */
export interface SnapshotCandidate {
  readonly description: SnapshotDescription;
  readonly position: Position;
  /** Offsets read, over all partitions: orders the candidates. */
  readonly reach: number;
}

export interface RejectedSnapshot {
  readonly description: SnapshotDescription;
  readonly reason: PlacementProblem;
}

export interface SnapshotCandidates {
  /** The earliest first. */
  readonly candidates: readonly SnapshotCandidate[];
  readonly rejected: readonly RejectedSnapshot[];
  readonly damaged: readonly DamagedSnapshot[];
}

export async function snapshotCandidates(
  source: SnapshotSource | null,
  survey: LogSurvey,
): Promise<SnapshotCandidates> {
  if (source === null) return { candidates: [], rejected: [], damaged: [] };
  const { snapshots, damaged } = await source.list();
  const candidates: SnapshotCandidate[] = [];
  const rejected: RejectedSnapshot[] = [];
  for (const description of snapshots) {
    const placed = placeOnLog(description.position, survey);
    if ('kind' in placed) rejected.push({ description, reason: placed });
    else candidates.push({ description, position: placed, reach: placed.reduce((sum, part) => sum + part.next, 0) });
  }
  candidates.sort((a, b) => a.reach - b.reach || (a.description.id < b.description.id ? -1 : 1));
  return { candidates, rejected, damaged };
}

/** What a position is looked for on: the partitions of a log, or of a position of it. */
export interface PlacedPartitions {
  readonly partitions: readonly (PartitionId &
    Pick<LogSurvey['partitions'][number], 'beginning' | 'end' | 'openEnd'>)[];
}

/**
 * Finds a recorded position on the log: a service seldom knows the log's own name, so partitions are found by topic and
 * number.
 * @returns the position, or why it is none of this log */
export function placeOnLog(position: Position | null, survey: PlacedPartitions): Position | PlacementProblem {
  if (position === null) return { kind: 'no-position' };
  const placed = [];
  const used = new Set<string>();
  for (const { source, topic, incarnation, partition, beginning, end, openEnd } of survey.partitions) {
    const part = position.find(
      (candidate) =>
        candidate.topic === topic &&
        candidate.partition === partition &&
        (candidate.source === '' || candidate.source === source) &&
        (candidate.incarnation === '' || candidate.incarnation === incarnation),
    );
    if (part === undefined && openEnd === true && end === beginning + 1) {
      // Of a topic that is gone nobody says how far it was read.
      placed.push({ source, topic, incarnation, partition, next: beginning, order: startOfOrder });
      continue;
    }
    if (part === undefined) return { kind: 'partition-not-named', topic, partition };
    const { next, order } = part;
    if (next > end) return { kind: 'behind-log-end', topic, partition, next, end };
    if (next < beginning) return { kind: 'before-log-beginning', topic, partition, next };
    used.add(partitionKey(part));
    placed.push({ source, topic, incarnation, partition, next, order });
  }
  const stranger = position.find((part) => !used.has(partitionKey(part)));
  if (stranger !== undefined && !survey.partitions.some(({ topic }) => topic !== stranger.topic)) {
    return { kind: 'partition-not-in-log', topic: stranger.topic, partition: stranger.partition };
  }
  return placed;
}
