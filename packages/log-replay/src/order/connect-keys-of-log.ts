import {
  isRecoveryError,
  orderValuesFor,
  Path,
  type EventLog,
  type ReplaySpec,
  type WorkerInstance,
} from '@eventmend/core';
import { OrderIndependentKeys } from './order-independent-keys.js';

/**
 * Finds the keys that depend on no order without applying an event: reads what stands between baseline and target, one
 * partition after the other, and asks the worker for the keys of each event.
 * @returns null where nothing can be told: a window of recent ids connects everything, or a part of the log is not there
 */
export async function connectKeysOfLog(
  spec: ReplaySpec,
  logs: readonly EventLog[],
  instance: WorkerInstance,
): Promise<OrderIndependentKeys | null> {
  if (instance.worker.deduplicate !== undefined) return null;
  if (spec.partitions.some(({ ranges, target }) => ranges.some(({ log, from }) => log === null && from < target))) {
    return null;
  }
  const keys = new OrderIndependentKeys();
  for (const place of spec.partitions.keys()) await connectPartition(keys, place, spec, logs, instance);
  return keys;
}

async function connectPartition(
  keys: OrderIndependentKeys,
  place: number,
  spec: ReplaySpec,
  logs: readonly EventLog[],
  instance: WorkerInstance,
): Promise<void> {
  const partition = spec.partitions[place];
  if (partition === undefined) return;
  const { id, next, order, target } = partition;
  const ranges = partition.ranges.map(({ from, to, log, segment }) => ({
    from,
    to,
    log: log === null ? null : (logs[log] ?? null),
    segment,
  }));
  const path = new Path([{ id, next, order, ranges }], orderValuesFor(spec.order, null));
  try {
    for (;;) {
      if (path.mustLoad) await path.load();
      const cursor = path.head;
      if (cursor === null || cursor.page === null) return;
      if ((cursor.offsets[cursor.index] as number) >= target) return;
      try {
        const named = instance.keys(instance.event(cursor.page, cursor.index, id));
        keys.connect(
          place,
          named.map((key) => ({ key })),
        );
      } catch (error) {
        if (!isRecoveryError(error)) throw error;
        keys.doubt(null);
        return;
      }
      path.step();
    }
  } finally {
    path.close();
  }
}
