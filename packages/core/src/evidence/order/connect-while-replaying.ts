import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import type { LaneObserver } from '../../engine/fold/lane-observer.js';
import type { OrderIndependentKeys } from './order-independent-keys.js';

/** Tells every event of a replay to the search for keys that depend on no order. */
export function connectWhileReplaying(
  keys: OrderIndependentKeys,
  partitions: readonly { readonly id: PartitionId }[],
): LaneObserver {
  const places = new Map(partitions.map(({ id }, place) => [partitionKey(id), place]));
  // Events come in runs of one partition: the last one is mostly the right one.
  let last: PartitionId | null = null;
  let lastPlace = 0;
  return {
    applied: (event, _, entries) => {
      if (last === null || event.partition !== last.partition || event.topic !== last.topic) {
        const { source, topic, incarnation, partition } = event;
        last = { source, topic, incarnation, partition };
        lastPlace = places.get(partitionKey(last)) ?? 0;
      }
      keys.connect(lastPlace, entries);
    },
    parked: (_, __, parked) => {
      keys.doubt(parked);
    },
  };
}

/** One observer for two; null where there is none. */
export function observeBoth(first: LaneObserver | null, second: LaneObserver | null): LaneObserver | null {
  if (first === null || second === null) return first ?? second;
  return {
    applied: (event, now, entries, outputs) => {
      first.applied(event, now, entries, outputs);
      second.applied(event, now, entries, outputs);
    },
    parked: (partition, offset, keys) => {
      first.parked(partition, offset, keys);
      second.parked(partition, offset, keys);
    },
    passed: (now) => {
      first.passed?.(now);
      second.passed?.(now);
    },
  };
}
