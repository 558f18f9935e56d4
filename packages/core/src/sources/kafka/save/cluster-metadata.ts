import { isRecoveryError, RecoveryError } from '../../../model/errors/recovery-error.js';
import type { ArchiveWriter } from '../../archive/archive-writer.js';
import { isolationName } from '../../archive/saved-schemas.js';
import type { GroupOffset, KafkaCluster } from '../cluster/kafka-cluster.js';
import type { TopicSurvey } from './survey-topics.js';

/** Names in the archive's table of progress under which the surroundings of the events are kept. */
const metadataPrefix = 'kafka:';

/**
 * An archive is of one kind: what it says of an offset without an event depends on whether aborted events were kept.
 * @throws RecoveryError `invalid-configuration` when it was begun with another isolation
 */
export function requireSameIsolation(writer: ArchiveWriter, isolation: 'committed' | 'uncommitted'): void {
  const before = writer.progress(isolationName) as string | undefined;
  if (before !== undefined && before !== isolation) {
    throw new RecoveryError('invalid-configuration', `${writer.path} was begun with --isolation ${before}`, {
      hint: `go on with the same, or save into another archive`,
    });
  }
  if (before === undefined) writer.setProgress(isolationName, isolation);
}

/** How far a group had read when the topics were saved. */
export interface SavedGroup {
  readonly group: string;
  /** Null where the user may not see them. */
  readonly offsets: readonly GroupOffset[] | null;
  readonly reason: string | null;
}

/** Keeps what is around the events: settings of the topics, offsets of groups. It is committed with the first events. */
export async function writeClusterMetadata(
  cluster: KafkaCluster,
  writer: ArchiveWriter,
  survey: TopicSurvey,
  groups: readonly string[],
  now: number,
): Promise<readonly SavedGroup[]> {
  const at = new Date(now).toISOString();
  for (const topic of survey.topics) {
    writer.setProgress(`${metadataPrefix}topic:${topic.name}:${topic.id}`, { at, ...topic });
  }
  const saved: SavedGroup[] = [];
  for (const group of groups) {
    const found = await offsetsOf(cluster, group, survey);
    saved.push(found);
    if (found.offsets === null) continue;
    writer.setProgress(`${metadataPrefix}group:${group}`, {
      at,
      group,
      offsets: found.offsets.map((offset) => ({ ...offset, next: String(offset.next) })),
    });
  }
  return saved;
}

async function offsetsOf(cluster: KafkaCluster, group: string, { topics }: TopicSurvey): Promise<SavedGroup> {
  try {
    const offsets = await cluster.groupOffsets(
      group,
      topics.map(({ name }) => name),
    );
    return { group, offsets, reason: null };
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return { group, offsets: null, reason: error.message };
  }
}
