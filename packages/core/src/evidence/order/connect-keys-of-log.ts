import { KeyScan } from '../../worker/key-scan.js';
import { orderValuesFor } from '../../engine/order/order-values.js';
import { Path } from '../../engine/path/path.js';
import type { EventLog } from '../../model/log/event-log.js';
import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import { OrderIndependentKeys } from './order-independent-keys.js';

/**
 * Finds the keys that depend on no order without applying an event: reads what stands between baseline and target, one
 * partition after the other, and asks the worker for the keys of each event.
 * @returns null where nothing can be told: a window of recent ids connects everything, or a part of the log is not there
 */
export async function connectKeysOfLog(
  spec: ReplaySpec,
  logs: readonly EventLog[],
  instance: OpenWorker,
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
  instance: OpenWorker,
): Promise<void> {
  const partition = spec.partitions[place];
  if (partition === undefined || partition.facts === true) return;
  const { id, next, order, target } = partition;
  const ranges = partition.ranges.map(({ from, to, log, segment }) => ({
    from,
    to,
    log: log === null ? null : (logs[log] ?? null),
    segment,
  }));
  const path = new Path([{ id, next, order, ranges }], orderValuesFor(spec.order, null));
  let known = true;
  const scan = new KeyScan<null>(instance, (scanned) => {
    if ('error' in scanned) known = false;
    else
      keys.connect(
        place,
        scanned.keys.map((key) => ({ key })),
      );
  });
  try {
    while (known) {
      if (path.mustLoad) await path.load();
      const cursor = path.head;
      if (cursor === null || cursor.page === null || (cursor.offsets[cursor.index] as number) >= target) break;
      const asking = scan.ask(null, cursor.page, cursor.index, id, cursor.clock[cursor.index] as number);
      if (asking !== undefined) await asking;
      path.step();
    }
    await scan.flush();
    if (!known) keys.doubt(null);
  } finally {
    path.close();
  }
}
