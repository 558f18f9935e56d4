import {
  positionToJson,
  specOfPlan,
  type ReplaySpec,
  segmentsOf,
  type PreparedInputs,
  endOf,
  coverPartitions,
} from '@eventmend/core/engine';
import type { Position } from '@eventmend/core';

/** What a replay between two positions does. */
export function specBetween(
  { situation, facts, survey }: PreparedInputs,
  from: Position,
  end: Position,
  basis: 'genesis' | 'declared',
): ReplaySpec {
  return specOfPlan(
    {
      worker: { locality: facts.locality },
      order: situation.order,
      poison: situation.poison,
      acceptGaps: false,
      baseline: [{ scope: { kind: 'all' }, basis, position: positionToJson(from) }],
      segments: segmentsOf(coverPartitions(survey, from, end), survey, 'exact'),
      logs: survey.logs,
      target: { position: positionToJson(end) },
      logEnd: positionToJson(endOf(survey)),
    },
    survey.logs.map(({ description }) => description),
  );
}
