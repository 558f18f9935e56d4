import { isHarmlessHole, type PartitionDescription } from '../../model/log/event-log.js';
import type { Assessment } from '../../model/strategy/assessment.js';
import type { LogSurvey, SurveyedPartition } from './survey-logs.js';

type Warning = Assessment['warnings'][number];

/** When the first events go that no other log has, at the earliest; null where nothing is going to. */
export function actBeforeOf(survey: LogSurvey): number | null {
  const times = survey.partitions.flatMap((partition) => endangered(partition)?.keptUntil?.time ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

/** What a log deletes by itself, or cannot show. */
export function retentionWarnings(survey: LogSurvey): readonly Warning[] {
  const going = survey.partitions.flatMap((partition) => endangered(partition) ?? []);
  const warnings: Warning[] = [...new Set(going.map(({ topic }) => topic))].map((topic) =>
    goingFirst(going.filter((partition) => partition.topic === topic)),
  );
  for (const { topic, partition, held } of survey.partitions) {
    for (const { holds } of held) {
      if (holds.heldBack === undefined) continue;
      const { to, by } = holds.heldBack;
      warnings.push({ kind: 'open-transaction', topic, partition, from: holds.range.to, to, by });
    }
  }
  return warnings;
}

/** Of partitions that lose their oldest events, the one that does so first speaks for all. */
function goingFirst(partitions: readonly PartitionDescription[]): Warning {
  const timeOf = ({ keptUntil }: PartitionDescription): number => keptUntil?.time ?? -Infinity;
  const first = partitions.reduce((least, one) => (timeOf(one) < timeOf(least) ? one : least));
  const { time = null, by = '' } = first.keptUntil ?? {};
  const { topic, partition, range } = first;
  return { kind: 'retention', topic, partition, offset: range.from, time, by, partitions: partitions.length };
}

/** The log that may delete the oldest events of a partition, where no log that keeps them has them too. */
function endangered({ held }: SurveyedPartition): PartitionDescription | null {
  const going = held.find(({ holds }) => holds.keptUntil !== undefined)?.holds;
  if (going === undefined) return null;
  const saved = held.some(({ holds }) => holds.keptUntil === undefined && holdsAll(holds, going));
  return saved ? null : going;
}

/** Of a topic that is still written to, no archive has the last moments: a hundredth of it, and this many offsets at most. */
const smallLag = 1000;

function holdsAll(archive: PartitionDescription, { range }: PartitionDescription): boolean {
  const whole = archive.holes.every(
    ({ reason, from, to }) => isHarmlessHole(reason) || to <= range.from || from >= range.to,
  );
  return (
    whole &&
    archive.range.from <= range.from &&
    archive.range.to >= range.to - Math.min(smallLag, Math.floor((range.to - range.from) / 100)) &&
    archive.range.to > range.from
  );
}
