import { routeBaseline } from '../../engine/fold/baseline-routing.js';
import { orderValuesFor } from '../../engine/order/order-values.js';
import { Path } from '../../engine/path/path.js';
import type { ReplaySpec, SpecPartition } from '../../engine/spec/replay-spec.js';
import type { EventLog } from '../../model/log/event-log.js';
import type { RecordedRanks } from '../../model/order/recorded-ranks.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import { KeyScan } from '../../worker/key-scan.js';
import type { KeyExposure } from './expected-error.js';

/** How often the events of a run name each key. */
export interface KeyEventCounts {
  of(key: string): KeyExposure;
  /** The partition of the last event that names the key, as a place of the spec; null where none does. */
  placeOf(key: string): number | null;
  /** Every key that an event names. */
  all(): Iterable<string>;
  readonly keys: number;
  readonly events: number;
  /** Each event as often as it names a key. */
  readonly keyEvents: number;
}

/**
 * Counts the events of a run by key, applying none. Memory grows with the keys, not with the events.
 * @param recorded the ranks of a recorded order; null under every other
 * @param onset when the error began, in milliseconds; null counts all events as handled since
 */
export async function countKeyEvents(
  spec: ReplaySpec,
  logs: readonly EventLog[],
  instance: OpenWorker,
  onset: number | null,
  recorded: RecordedRanks | null,
): Promise<KeyEventCounts> {
  const counts = new Map<string, { events: number; eventsSinceOnset: number; standIns: number; place: number }>();
  const isStandIn = spec.partitions.map((partition) => isOfRecords(partition, spec));
  let events = 0;
  let keyEvents = 0;
  const routing = routeBaseline(spec.parts);
  const scan = new KeyScan<ScannedPlace>(instance, (scanned) => {
    if ('error' in scanned) return; // It is quarantined, or ends the run: no state rests on it.
    const { place, offset, isSinceOnset } = scanned.note;
    if (!routing.single && offset < routing.startOf(scanned.keys, place)) return;
    events++;
    for (const key of scanned.keys) {
      keyEvents++;
      const count = counts.get(key) ?? { events: 0, eventsSinceOnset: 0, standIns: 0, place };
      count.events++;
      if (isStandIn[place] === true) count.standIns++;
      count.place = place;
      if (isSinceOnset) count.eventsSinceOnset++;
      counts.set(key, count);
    }
  });
  for (const [place, partition] of spec.partitions.entries()) {
    // Facts name no event: what they set is no event of a key.
    if (partition.facts !== true) await scanPartition(partition, place, spec, logs, scan, onset, recorded);
  }
  await scan.flush();
  const none = { events: 0, eventsSinceOnset: 0 };
  return {
    of: (key) => counts.get(key) ?? none,
    placeOf: (key) => counts.get(key)?.place ?? null,
    all: () => counts.keys(),
    keys: counts.size,
    events,
    keyEvents,
  };
}

/** Whether its events are rows of other systems; estimates stand beside the log as well. */
function isOfRecords({ standIns, ranges }: SpecPartition, { segmentOrigins }: ReplaySpec): boolean {
  return standIns === true && ranges.some(({ segment }) => segmentOrigins[segment]?.source === 'external');
}

/** Where an event that is scanned stands. */
interface ScannedPlace {
  /** Place of its partition in the spec. */
  readonly place: number;
  readonly offset: number;
  readonly isSinceOnset: boolean;
}

async function scanPartition(
  { id, next, order, target, ranges }: SpecPartition,
  place: number,
  spec: ReplaySpec,
  logs: readonly EventLog[],
  scan: KeyScan<ScannedPlace>,
  onset: number | null,
  recorded: RecordedRanks | null,
): Promise<void> {
  const read = ranges
    .filter(({ from }) => from < target)
    .map(({ from, to, log, segment }) => ({ from, to, log: log === null ? null : (logs[log] ?? null), segment }));
  const path = new Path(
    [{ id, next, order, ranges: read, timesConfirmed: true }],
    orderValuesFor(spec.order, recorded),
  );
  try {
    for (;;) {
      if (path.mustLoad) await path.load();
      const cursor = path.head;
      if (cursor === null || cursor.page === null) return;
      const offset = cursor.offsets[cursor.index] as number;
      if (offset >= target) return;
      const clock = cursor.clock[cursor.index] as number;
      const note = { place, offset, isSinceOnset: onset === null || clock >= onset };
      const asking = scan.ask(note, cursor.page, cursor.index, id, clock);
      if (asking !== undefined) await asking;
      path.step();
    }
  } finally {
    path.close();
  }
}
