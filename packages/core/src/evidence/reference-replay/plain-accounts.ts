import type { OrderCounts } from '../../model/order/order-spec.js';
import type { PartitionAccount, SkipReason } from '../../model/accounts/accounts.js';
import type { EventCounts } from './replay-lane.js';
import type { PartitionWalk } from './walk-partition.js';

/** Puts the account of a partition together from its events and its absent offsets. */
export function accountOf(walk: PartitionWalk, events: EventCounts | undefined): PartitionAccount {
  const { id, start, end } = walk.partition;
  const { control, aborted, filtered, declared, unavailable, damaged } = walk.absent();
  const skipped: Partial<Record<SkipReason, number>> = {};
  if (control > 0) skipped.control = control;
  if (aborted > 0) skipped.aborted = aborted;
  if (filtered > 0) skipped.filtered = filtered;
  if (declared > 0) skipped.declared = declared;
  if (events !== undefined && events.duplicates > 0) skipped['duplicate-id'] = events.duplicates;
  if (events !== undefined && events.outside > 0) skipped['out-of-scope'] = events.outside;
  if (events !== undefined && events.seen > 0) skipped['before-baseline'] = events.seen;
  return {
    source: id.source,
    topic: id.topic,
    incarnation: id.incarnation,
    partition: id.partition,
    range: { from: start, to: end },
    applied: events?.applied ?? 0,
    skipped,
    quarantined: (events?.quarantined ?? 0) + damaged.length,
    unavailable,
    repeated: walk.repeated(),
  };
}

export function addOrderCounts(parts: readonly OrderCounts[]): OrderCounts {
  const sum = { missing: 0, falling: 0, negative: 0, unconfirmed: 0, equal: 0 };
  for (const part of parts) {
    sum.missing += part.missing;
    sum.falling += part.falling;
    sum.negative += part.negative;
    sum.unconfirmed += part.unconfirmed;
    sum.equal += part.equal;
  }
  return sum;
}
