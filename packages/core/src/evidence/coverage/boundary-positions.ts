import { partitionKey } from '../../model/log/partition-id.js';
import { startOfOrder, type Position } from '../../model/position/position.js';
import type { LogSurvey, SurveyedPartition } from './survey-logs.js';

/** Before the first event that the log ever had. */
export function beginningOf(survey: LogSurvey): Position {
  return positionAt(survey, ({ beginning }) => beginning);
}

/** Behind the last event that any log holds. */
export function endOf(survey: LogSurvey): Position {
  return positionAt(survey, ({ end }) => end);
}

/** A position over all partitions of another one, in its order: those that it does not name stand as they do there. */
export function completePosition(position: Position, all: Position): Position {
  const known = new Map(position.map((part) => [partitionKey(part), part]));
  return all.map((part) => known.get(partitionKey(part)) ?? part);
}

function positionAt({ partitions }: LogSurvey, next: (partition: SurveyedPartition) => number): Position {
  return partitions.map((held) => {
    const { source, topic, incarnation, partition } = held;
    return { source, topic, incarnation, partition, next: next(held), order: startOfOrder };
  });
}
