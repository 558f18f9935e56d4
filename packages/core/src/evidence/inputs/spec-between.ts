import { hash as hashOnce } from 'node:crypto';
import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import { canonicalJson } from '../../model/json/canonical-json.js';
import { positionToJson, type Position } from '../../model/position/position.js';
import { endOf } from '../coverage/boundary-positions.js';
import { coverPartitions } from '../coverage/cover-partitions.js';
import { segmentsOf } from '../coverage/plan-segments.js';
import type { PreparedInputs } from './prepare-inputs.js';

/** What a replay between two positions does. */
export function specBetween(
  { situation, facts, survey }: Pick<PreparedInputs, 'situation' | 'facts' | 'survey'>,
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

/** SHA-256 over everything that what a replay finds out depends on, and `more` that belongs to the finding. */
export function replayBasis(
  {
    situation,
    facts,
    survey,
    recorded,
  }: Pick<PreparedInputs, 'situation' | 'facts' | 'survey'> & { readonly recorded: { readonly digest: string } | null },
  more: Readonly<Record<string, unknown>>,
): string {
  return hashOnce(
    'sha256',
    canonicalJson({
      worker: facts.hash,
      references: facts.references,
      order: situation.order,
      poison: situation.poison,
      recorded: recorded?.digest ?? null,
      logs: survey.logs.map(({ description }) => description.fingerprint),
      ...((situation.declaredGaps ?? []).length > 0 && { gaps: situation.declaredGaps }),
      ...((situation.deliveries ?? []).length > 0 && { deliveries: situation.deliveries }),
      ...more,
    }),
  );
}
