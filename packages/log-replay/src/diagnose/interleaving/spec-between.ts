import { positionToJson, specOfPlan, type Position, type ReplaySpec } from '@eventmend/core';
import { segmentsOf } from '../../plan/plan-segments.js';
import type { PreparedSituation } from '../../plan/prepare-situation.js';
import { endOf } from '../../resources/boundary-positions.js';
import { coverPartitions } from '../../resources/cover-partitions.js';

/** What a replay between two positions does. */
export function specBetween(
  { situation, facts, survey }: PreparedSituation,
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
