import { isFilledHole } from '../../model/provenance/provenance.js';
import type { EventLog } from '../../model/log/event-log.js';
import type { RecordedRanks as RankColumns } from '../../model/order/recorded-ranks.js';
import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { RecordedRanks } from './order-value.js';
import type { PlainPartition } from './plain-partition.js';

/** The partitions of a spec as the plain replay reads them. */
export function partitionsOfSpec(spec: ReplaySpec, logs: readonly EventLog[]): readonly PlainPartition[] {
  return spec.partitions.map((partition) => ({
    id: partition.id,
    start: partition.next,
    end: partition.target,
    logEnd: partition.ranges.reduce((end, range) => Math.max(end, range.to), partition.target),
    watermark: partition.order.watermark,
    clock: partition.order.clock,
    ...(partition.standIns === true && { timesConfirmed: true }),
    ...(partition.facts === true && { facts: true }),
    // For the accounts an offset is not there, whatever stands in for its event.
    holes: partition.holes.map(({ reason, ...hole }) => ({
      ...hole,
      reason: isFilledHole(reason) ? ('missing' as const) : reason,
    })),
    ranges: partition.ranges.map(({ from, to, log }) => ({ from, to, log: log === null ? null : (logs[log] ?? null) })),
  }));
}

/** A recorded order, asked for one event at a time. */
export function ranksOneByOne(recorded: RankColumns): RecordedRanks {
  return (partition, offset) => {
    const rank = recorded.ranks(partition, [offset])[0];
    return rank === undefined || Number.isNaN(rank) ? undefined : rank;
  };
}
