import type { Position } from '../../model/position/position.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import type { LogSurvey } from '../coverage/survey-logs.js';

/**
 * The end of the log, or of what the live service has read where that is further: the events in between are a gap at the
 * end that nobody would notice by looking at the log alone.
 */
export async function endWithLive(end: Position, live: SnapshotSource | null, survey: LogSurvey): Promise<Position> {
  const [described] = live === null ? [] : (await live.list()).snapshots;
  const position = described?.position ?? null;
  if (position === null) return end;
  return end.map((part) => {
    const read = position.find(
      (candidate) =>
        candidate.topic === part.topic &&
        candidate.partition === part.partition &&
        (candidate.source === '' || candidate.source === part.source),
    );
    const ahead = survey.partitions.length > 0 && read !== undefined && read.next > part.next;
    return ahead ? { ...part, next: read.next } : part;
  });
}
