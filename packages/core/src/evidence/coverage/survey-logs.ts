import { comparePartitions, partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LogDescription, PartitionDescription } from '../../model/log/event-log.js';
import type { ReplayLog, RecoveryInputs } from '../inputs/recovery-inputs.js';
import { declaredRanges, type DeclaredRange } from './declared-gaps.js';

/** One log and what it holds. */
export interface SurveyedLog extends ReplayLog {
  readonly description: LogDescription;
}

/** One partition over all logs. */
export interface SurveyedPartition extends PartitionId {
  /** The oldest offset that it ever had. */
  readonly beginning: number;
  /** The oldest offset that a log still holds, and one past the newest. */
  readonly from: number;
  readonly end: number;
  /** What each log that knows it holds, by index into the logs, the preferred first. */
  readonly held: readonly { readonly log: number; readonly holds: PartitionDescription }[];
  /** What no log has and the user says was never there, rising; absent for none. */
  readonly declared?: readonly DeclaredRange[];
  /**
   * No log holds anything of it, and nobody knows how many events it had behind those that a position tells of: the last offset
   * stands for all of them, however many there were, or none. Absent where its end is known.
   */
  readonly openEnd?: true;
}

export interface LogSurvey {
  readonly logs: readonly SurveyedLog[];
  /** Sorted by `comparePartitions`, limited to the topics that the worker reads; those of deliveries are none of them. */
  readonly partitions: readonly SurveyedPartition[];
}

/**
 * Describes all logs without reading an event and puts together what they hold.
 * @throws RecoveryError `log-gap` where there is no log, `log-changed` where none of the worker's topics is in any
 */
export async function surveyLogs(
  situation: Pick<RecoveryInputs, 'logs' | 'declaredGaps' | 'deliveries'>,
  topics: readonly string[] | undefined,
): Promise<LogSurvey> {
  const survey = await surveySurvivingLogs(situation, topics);
  requireLog(survey);
  return survey;
}

/** @throws RecoveryError `log-gap` where no log holds anything */
export function requireLog(survey: Pick<LogSurvey, 'partitions'>): void {
  if (!isLogless(survey)) return;
  throw new RecoveryError('log-gap', 'there is no log: nothing holds any event', {
    hint: 'name what is left of it under log in the incident; without any, --strategy checkpoint begins at snapshots and brings in what other systems recorded',
  });
}

/** True where no log holds any partition that the service has read. */
export function isLogless({ partitions }: Pick<LogSurvey, 'partitions'>): boolean {
  return partitions.every(({ held }) => held.length === 0);
}

/**
 * The same where it may be that no log is left: there are no partitions then.
 * @throws RecoveryError `log-changed` where the logs hold other topics than the worker's: that is no loss, but a wrong name
 */
export async function surveySurvivingLogs(
  situation: Pick<RecoveryInputs, 'logs' | 'declaredGaps' | 'deliveries'>,
  topics: readonly string[] | undefined,
): Promise<LogSurvey> {
  const logs: SurveyedLog[] = [];
  const deliveries = (situation.deliveries ?? []).map(({ topic }) => topic);
  for (const log of situation.logs) {
    logs.push({ ...log, description: withoutTopics(await log.log.describe(), deliveries) });
  }
  const partitions = new Map<
    string,
    { id: PartitionDescription; held: { log: number; holds: PartitionDescription }[] }
  >();
  logs.forEach(({ as, description }, log) => {
    // Stand-ins are no part of any log: no partition has them, and nothing is proven or compared with them.
    if (as === 'external') return;
    for (const holds of description.partitions) {
      if (topics !== undefined && !topics.includes(holds.topic)) continue;
      const known = partitions.get(partitionKey(holds)) ?? { id: holds, held: [] };
      known.held.push({ log, holds });
      partitions.set(partitionKey(holds), known);
    }
  });
  if (partitions.size === 0) refuseOtherTopics(logs, topics);
  const gaps = situation.declaredGaps ?? [];
  const joined = [...partitions.values()]
    .map(join)
    .map((partition) => {
      const declared = declaredRanges(partition, gaps);
      return declared.length === 0 ? partition : { ...partition, declared };
    })
    .sort(comparePartitions);
  refuseTwoSources(joined);
  return { logs, partitions: joined };
}

/** A delivery that stood among the events would be applied beside its original. */
function withoutTopics(description: LogDescription, topics: readonly string[]): LogDescription {
  if (topics.length === 0) return description;
  return { ...description, partitions: description.partitions.filter(({ topic }) => !topics.includes(topic)) };
}

function join({ id, held }: { id: PartitionDescription; held: SurveyedPartition['held'] }): SurveyedPartition {
  const filled = held.filter(({ holds }) => holds.range.from < holds.range.to);
  return {
    source: id.source,
    topic: id.topic,
    incarnation: id.incarnation,
    partition: id.partition,
    beginning: Math.min(...held.map(({ holds }) => holds.beginning)),
    from: filled.length === 0 ? id.range.from : Math.min(...filled.map(({ holds }) => holds.range.from)),
    end: Math.max(...held.map(({ holds }) => holds.range.to)),
    held,
  };
}

/** The same events under two names would be applied twice, and the books would still add up. */
function refuseTwoSources(partitions: readonly SurveyedPartition[]): void {
  partitions.forEach((partition, index) => {
    const before = partitions[index - 1];
    if (before?.topic !== partition.topic || before.partition !== partition.partition) return;
    const name = ({ source, incarnation }: PartitionId): string =>
      JSON.stringify(`${source}${incarnation && `/${incarnation}`}`);
    throw new RecoveryError(
      'conflicting-sources',
      `${partition.topic}[${partition.partition}] stands in the logs under two sources: ${name(before)} and ${name(partition)}`,
      {
        hint: 'events are the same only under one name: import or map both with the same source, or name one log only',
      },
    );
  });
}

function refuseOtherTopics(logs: readonly SurveyedLog[], topics: readonly string[] | undefined): void {
  const ofService = logs.filter(({ as }) => as !== 'external');
  const there = [...new Set(ofService.flatMap(({ description }) => description.partitions.map(({ topic }) => topic)))];
  if (there.length === 0) return;
  const wanted = topics === undefined ? 'any topic' : `the topics ${topics.join(', ')}`;
  throw new RecoveryError('log-changed', `no log holds ${wanted}`, { hint: `the logs hold: ${there.join(', ')}` });
}
