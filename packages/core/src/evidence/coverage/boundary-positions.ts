import { startOfOrder, type Position } from '../../model/position/position.js';
import type { LogSurvey } from './survey-logs.js';

/** Before the first event that the log ever had. */
export function beginningOf(survey: LogSurvey): Position {
  return survey.partitions.map(({ source, topic, incarnation, partition, beginning }) => ({
    source,
    topic,
    incarnation,
    partition,
    next: beginning,
    order: startOfOrder,
  }));
}

/** Behind the last event that any log holds. */
export function endOf(survey: LogSurvey): Position {
  return survey.partitions.map(({ source, topic, incarnation, partition, end }) => ({
    source,
    topic,
    incarnation,
    partition,
    next: end,
    order: startOfOrder,
  }));
}
