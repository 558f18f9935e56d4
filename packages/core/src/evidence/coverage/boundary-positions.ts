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

function positionAt({ partitions }: LogSurvey, next: (partition: SurveyedPartition) => number): Position {
  return partitions.map((held) => {
    const { source, topic, incarnation, partition } = held;
    return { source, topic, incarnation, partition, next: next(held), order: startOfOrder };
  });
}
