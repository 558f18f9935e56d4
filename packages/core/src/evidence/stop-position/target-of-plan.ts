import type { LongWork } from '../../model/strategy/strategy.js';
import { beginningOf, endOf } from '../coverage/boundary-positions.js';
import { coverPartitions } from '../coverage/cover-partitions.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';
import type { TargetRequest } from '../inputs/recovery-inputs.js';
import { endWithLive } from './end-of-service.js';
import { refuseHeldBack } from './refuse-held-back.js';
import { resolveTarget, type ResolvedTarget } from './resolve-target.js';

/**
 * Where a plan over these inputs stops: as asked for, else at the end of the log, or of what the live service has read.
 * @throws RecoveryError `unresolvable-target`; `open-transaction` where one hides the end that nobody asked for
 */
export async function targetOfPlan(
  { situation, survey, recorded, facts }: PreparedInputs,
  request: TargetRequest | undefined,
  { signal }: LongWork,
): Promise<ResolvedTarget> {
  const beginning = beginningOf(survey);
  const logEnd = endOf(survey);
  const target = await resolveTarget(request ?? { kind: 'end' }, {
    cover: coverPartitions(survey, beginning, logEnd),
    start: beginning,
    end: await endWithLive(logEnd, situation.live, survey),
    logs: survey.logs.map(({ log }) => log),
    order: situation.order,
    recorded,
    locality: facts.locality,
    ...(signal === undefined ? {} : { signal }),
  });
  refuseHeldBack(survey, target.position, request);
  return target;
}
