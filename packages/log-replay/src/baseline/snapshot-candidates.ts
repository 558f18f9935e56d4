import { partitionKey, type Position, type SnapshotDescription, type SnapshotSource } from '@eventmend/core';
import type { LogSurvey } from '../resources/survey-logs.js';

/** A snapshot whose position is one of this log's. */
export interface SnapshotCandidate {
  readonly description: SnapshotDescription;
  readonly position: Position;
  /** Offsets read, over all partitions: orders the candidates. */
  readonly reach: number;
}

export interface RejectedSnapshot {
  readonly description: SnapshotDescription;
  readonly reason: string;
}

export interface SnapshotCandidates {
  /** The earliest first. */
  readonly candidates: readonly SnapshotCandidate[];
  readonly rejected: readonly RejectedSnapshot[];
  readonly damaged: readonly { readonly location: string; readonly reason: string }[];
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
    if (typeof placed === 'string') rejected.push({ description, reason: placed });
    else candidates.push({ description, position: placed, reach: placed.reduce((sum, part) => sum + part.next, 0) });
  }
  candidates.sort((a, b) => a.reach - b.reach || (a.description.id < b.description.id ? -1 : 1));
  return { candidates, rejected, damaged };
}

/**
 * Finds a recorded position on the log: a service seldom knows the log's own name, so partitions are found by topic and
 * number.
 * @returns the position, or why it is none of this log
 */
export function placeOnLog(position: Position | null, survey: LogSurvey): Position | string {
  if (position === null) return 'it has no position, so nobody knows which events it has seen';
  const placed = [];
  const used = new Set<string>();
  for (const partition of survey.partitions) {
    const part = position.find(
      (candidate) =>
        candidate.topic === partition.topic &&
        candidate.partition === partition.partition &&
        (candidate.source === '' || candidate.source === partition.source) &&
        (candidate.incarnation === '' || candidate.incarnation === partition.incarnation),
    );
    const where = `${partition.topic}[${partition.partition}]`;
    if (part === undefined) return `its position does not name ${where}`;
    if (part.next > partition.end) return `it is at ${where}@${part.next}, and the log ends at ${partition.end}`;
    if (part.next < partition.beginning) return `it is at ${where}@${part.next}, before the log began`;
    used.add(partitionKey(part));
    const { source, topic, incarnation, partition: number } = partition;
    placed.push({ source, topic, incarnation, partition: number, next: part.next, order: part.order });
  }
  const stranger = position.find((part) => !used.has(partitionKey(part)));
  if (stranger !== undefined && !survey.partitions.some((partition) => partition.topic !== stranger.topic)) {
    return `its position names ${stranger.topic}[${stranger.partition}], which the log does not have`;
  }
  return placed;
}
