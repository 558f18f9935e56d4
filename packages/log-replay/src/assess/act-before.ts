import { isHarmlessHole, type PartitionDescription } from '@eventmend/core';
import type { LogSurvey, SurveyedPartition } from '../resources/survey-logs.js';

/** When the first events go that no other log has, at the earliest; null where nothing is going to. */
export function actBeforeOf(survey: LogSurvey): number | null {
  const times = survey.partitions.flatMap((partition) => endangered(partition)?.keptUntil?.time ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

/** What a log deletes by itself, or cannot show, by partition. */
export function retentionWarnings(survey: LogSurvey): readonly string[] {
  return survey.partitions.flatMap((partition) => {
    const where = `${partition.topic}[${partition.partition}]`;
    const warnings: string[] = [];
    const going = endangered(partition);
    const { time, by } = going?.keptUntil ?? {};
    if (going !== null && time !== undefined && by !== undefined) {
      const when =
        time === null ? 'at any time' : `from ${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} on`;
      warnings.push(
        `${where}: events from offset ${going.range.from} may be deleted ${when} (${by}); eventmend save keeps them`,
      );
    }
    for (const { holds } of partition.held) {
      if (holds.heldBack === undefined) continue;
      warnings.push(
        `${where}: an open transaction of ${holds.heldBack.by} hides offsets ${holds.range.to} to ${holds.heldBack.to - 1}`,
      );
    }
    return warnings;
  });
}

/** The log that may delete the oldest events of a partition, where no log that keeps them has them too. */
function endangered({ held }: SurveyedPartition): PartitionDescription | null {
  const going = held.find(({ holds }) => holds.keptUntil !== undefined)?.holds;
  if (going === undefined) return null;
  const saved = held.some(({ holds }) => holds.keptUntil === undefined && holdsAll(holds, going));
  return saved ? null : going;
}

/** An archive that is behind by what has only just been written still holds what goes first. */
function holdsAll(archive: PartitionDescription, { range }: PartitionDescription): boolean {
  const whole = archive.holes.every(
    ({ reason, from, to }) => isHarmlessHole(reason) || to <= range.from || from >= range.to,
  );
  return whole && archive.range.from <= range.from && archive.range.to > range.from;
}
