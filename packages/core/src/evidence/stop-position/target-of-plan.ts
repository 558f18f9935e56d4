import type { LongWork } from '../../model/strategy/strategy.js';
import { beginningOf, endOf } from '../coverage/boundary-positions.js';
import { coverPartitions } from '../coverage/cover-partitions.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';
import { isLogless, type LogSurvey } from '../coverage/survey-logs.js';
import type { RecoveryInputs, TargetRequest } from '../inputs/recovery-inputs.js';
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
  if (target.spec.kind !== 'end' || !isLogless(survey)) return target;
  return { ...target, time: await endWithoutLog(survey, situation.live) };
}

/**
 * Without a log a recovery ends where the live service stood, when that is known; else it takes in all that anybody tells of, however
 * late that was.
 */
async function endWithoutLog(survey: LogSurvey, live: RecoveryInputs['live']): Promise<number | null> {
  if (survey.partitions.some(({ openEnd }) => openEnd === true)) return Infinity;
  const [described] = live === null ? [] : (await live.list()).snapshots;
  return described?.takenAt ?? null;
}
