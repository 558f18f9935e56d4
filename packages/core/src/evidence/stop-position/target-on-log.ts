import { isBesideLog } from '../../engine/spec/spec-of-plan.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { Plan } from '../../model/plan/plan.js';
import { positionFromJson, type Position } from '../../model/position/position.js';

/** Where a plan ends on the log; what stands in for lost events is on no log that the service read. */
export function targetOnLog({ target, segments }: Pick<Plan, 'target' | 'segments'>): Position {
  const standIns = new Set(segments.filter(isBesideLog).map(partitionKey));
  return positionFromJson(target.position).filter((part) => !standIns.has(partitionKey(part)));
}
