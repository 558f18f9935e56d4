import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describeTime } from '../../model/event/describe-time.js';
import { describePartition, partitionKey } from '../../model/log/partition-id.js';
import type { PartitionPosition } from '../../model/position/position.js';
import { pagesOf } from '../../sources/log/pages-of.js';
import type { LogSurvey } from '../coverage/survey-logs.js';
import type { RecoveryInputs } from '../inputs/recovery-inputs.js';
import type { SnapshotCandidate, SnapshotCandidates } from './snapshot-candidates.js';

/** Events in front of a position that are looked at: one may have no time, or a wrong one. */
const looksBack = 20;

/**
 * A snapshot that is trusted without proof is where everything begins, so one that may hold the error already is refused
 * unless the user says a second time that it is meant.
 * @throws RecoveryError `trusted-behind-onset`
 */
export async function refuseTrustedBehindOnset(
  situation: RecoveryInputs,
  survey: LogSurvey,
  { candidates }: SnapshotCandidates,
): Promise<void> {
  const { onset } = situation.incident;
  if (onset === null) return;
  const confirmed = situation.trustedBehindOnset ?? [];
  for (const candidate of candidates) {
    const { id } = candidate.description;
    if (!situation.trusted.includes(id) || confirmed.includes(id)) continue;
    const why = await behindOnset(candidate, survey, onset);
    if (why === null) continue;
    throw new RecoveryError(
      'trusted-behind-onset',
      `snapshot ${id} is declared trusted, and ${why}, behind the onset ${describeTime(onset)}: it may hold the error itself`,
      {
        hint: `trust one from before the onset, or say that it is meant with trusted_behind_onset: [${id}]`,
        details: { snapshot: id },
      },
    );
  }
}

/** How the snapshot shows that it is from behind the onset; null where it shows nothing of that kind. */
export async function behindOnset(
  { description, position }: SnapshotCandidate,
  survey: LogSurvey,
  onset: number,
): Promise<string | null> {
  const { takenAt } = description;
  if (takenAt !== null && takenAt > onset) return `was taken at ${describeTime(takenAt)}`;
  for (const part of position) {
    const seen = await timeInFrontOf(part, survey);
    if (seen !== null && seen.time >= onset) {
      return `its position has seen ${describePartition(part)}@${seen.offset} of ${describeTime(seen.time)}`;
    }
  }
  return null;
}

async function timeInFrontOf(
  part: PartitionPosition,
  { logs }: LogSurvey,
): Promise<{ readonly offset: number; readonly time: number } | null> {
  const key = partitionKey(part);
  for (const { log, description } of logs) {
    const held = description.partitions.find((partition) => partitionKey(partition) === key);
    if (held === undefined) continue;
    const to = Math.min(part.next, held.range.to);
    const from = Math.max(held.range.from, to - looksBack);
    if (from >= to || to < part.next) continue;
    const { source, topic, incarnation, partition } = held;
    let last: { readonly offset: number; readonly time: number } | null = null;
    for await (const page of pagesOf(log, { source, topic, incarnation, partition, from, to })) {
      for (let index = 0; index < page.count; index++) {
        const time = page.timestamps[index] as number;
        if (Number.isFinite(time)) last = { offset: page.offsets[index] as number, time };
      }
    }
    return last;
  }
  return null;
}
