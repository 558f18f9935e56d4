import { orderValuesFor } from '../../engine/order/order-values.js';
import { Path } from '../../engine/path/path.js';
import type { ReplaySpec, SpecPartition } from '../../engine/spec/replay-spec.js';
import type { EventLog } from '../../model/log/event-log.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import { KeyScan } from '../../worker/key-scan.js';
import type { KeyExposure } from './expected-error.js';

/** How often the events of a run name each key. */
export interface KeyEventCounts {
  of(key: string): KeyExposure;
  readonly keys: number;
  readonly events: number;
  /** Each event as often as it names a key. */
  readonly keyEvents: number;
}

/**
 * Counts the events of a run by key, applying none. Memory grows with the keys, not with the events.
 * @param onset when the error began, in milliseconds; null counts all events as handled since
 */
export async function countKeyEvents(
  spec: ReplaySpec,
  logs: readonly EventLog[],
  instance: OpenWorker,
  onset: number | null,
): Promise<KeyEventCounts> {
  const counts = new Map<string, { events: number; eventsSinceOnset: number }>();
  let events = 0;
  let keyEvents = 0;
  const scan = new KeyScan<boolean>(instance, (scanned) => {
    if ('error' in scanned) return; // It is quarantined, or ends the run: no state rests on it.
    events++;
    for (const key of scanned.keys) {
      keyEvents++;
      const count = counts.get(key) ?? { events: 0, eventsSinceOnset: 0 };
      count.events++;
      if (scanned.note) count.eventsSinceOnset++;
      counts.set(key, count);
    }
  });
  // Facts name no event: what they set is no event of a key.
  const withEvents = spec.partitions.filter(({ facts }) => facts !== true);
  for (const partition of withEvents) await scanPartition(partition, spec, logs, scan, onset);
  await scan.flush();
  const none = { events: 0, eventsSinceOnset: 0 };
  return { of: (key) => counts.get(key) ?? none, keys: counts.size, events, keyEvents };
}

async function scanPartition(
  { id, next, order, target, ranges }: SpecPartition,
  spec: ReplaySpec,
  logs: readonly EventLog[],
  scan: KeyScan<boolean>,
  onset: number | null,
): Promise<void> {
  const read = ranges
    .filter(({ from }) => from < target)
    .map(({ from, to, log, segment }) => ({ from, to, log: log === null ? null : (logs[log] ?? null), segment }));
  const path = new Path([{ id, next, order, ranges: read, timesConfirmed: true }], orderValuesFor(spec.order, null));
  try {
    for (;;) {
      if (path.mustLoad) await path.load();
      const cursor = path.head;
      if (cursor === null || cursor.page === null || (cursor.offsets[cursor.index] as number) >= target) return;
      const clock = cursor.clock[cursor.index] as number;
      const asking = scan.ask(onset === null || clock >= onset, cursor.page, cursor.index, id, clock);
      if (asking !== undefined) await asking;
      path.step();
    }
  } finally {
    path.close();
  }
}
