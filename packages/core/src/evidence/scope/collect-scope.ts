import { KeyScan } from '../../worker/key-scan.js';
import { isWorkerError } from '../../model/errors/recovery-error.js';
import { orderValuesFor } from '../../engine/order/order-values.js';
import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import { Path } from '../../engine/path/path.js';
import type { EventLog } from '../../model/log/event-log.js';
import type { OrderSpec } from '../../model/order/order-spec.js';
import type { PartitionOrderState } from '../../model/position/position.js';
import type { ReplayInputs } from '../../engine/replay/replay-inputs.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import { eventChooser } from './choose-events.js';
import { stopped } from './scope-failures.js';
import { KeyComponents } from './key-components.js';
import type { ScopeRequest } from './scope-request.js';

interface ScanPartition {
  readonly id: PartitionId;
  readonly next: number;
  readonly order: PartitionOrderState;
  /** Up to the target; `log` is an index into the logs at hand, null where nobody has the range. */
  readonly ranges: readonly { readonly from: number; readonly to: number; readonly log: number | null }[];
}

/** What is read to resolve a scope: the range that it has to be closed over, and the keys that it begins with. */
export interface ScopeScan {
  readonly request: ScopeRequest;
  readonly order: OrderSpec;
  /** Sorted by `comparePartitions`. */
  readonly partitions: readonly ScanPartition[];
  /** Id of the snapshot that the range begins at; null for the beginning of the log. */
  readonly baseline: string | null;
}

/** What one pass over the events found out. */
export interface CollectedKeys {
  readonly components: KeyComponents;
  /** Numbers of the chosen keys. */
  readonly seeds: ReadonlySet<number>;
  /** Events that were chosen; null where the request chooses none by its events. */
  readonly chosenEvents: number | null;
  readonly events: number;
  /** Events that cannot say which keys they name. */
  readonly withoutKeys: number;
  /** Named keys that neither the baseline nor an event knows. */
  readonly unknown: readonly string[];
}

/**
 * Reads the baseline's keys and every event of the range once, and asks the worker for the keys; its handler is not
 * called.
 * @throws RecoveryError `interrupted` when it was stopped, `invalid-condition` for a condition that cannot be read
 */
export async function collectScope(
  scan: ScopeScan,
  inputs: ReplayInputs,
  baseline: AsyncIterable<SnapshotRow> | null,
  control: RunControl,
): Promise<CollectedKeys> {
  const { instance } = inputs;
  const components = new KeyComponents();
  if (baseline !== null) for await (const { key } of baseline) components.numberOf(key);
  const choose = eventChooser(scan.request);
  const seeds = new Set<number>();
  let events = 0;
  let withoutKeys = 0;
  let chosenEvents = 0;
  const keyScan = new KeyScan<{ readonly place: number; readonly offset: number }>(instance, (scanned) => {
    events++;
    if ('error' in scanned) {
      if (!isWorkerError(scanned.error)) throw scanned.error;
      withoutKeys++;
      return;
    }
    const { note, event, keys } = scanned;
    components.connect(keys, note.place, note.offset);
    if (choose?.(event) !== true) return;
    chosenEvents++;
    for (const key of keys) seeds.add(components.numberOf(key));
  });
  await walk(scan, inputs, control, keyScan);
  const named = [...new Set(scan.request.keys ?? [])];
  const unknown = named.filter((key) => !components.knows(key));
  for (const key of named) seeds.add(components.numberOf(key));
  return { components, seeds, chosenEvents: choose === null ? null : chosenEvents, events, withoutKeys, unknown };
}

/** Over the range in the canonical order, each offset once, so that the first connection is the same every time. */
async function walk(
  scan: ScopeScan,
  { logs, recorded, instance }: ReplayInputs,
  control: RunControl,
  keyScan: KeyScan<{ readonly place: number; readonly offset: number }>,
): Promise<void> {
  const path = new Path(
    scan.partitions.map((partition) => ({
      ...partition,
      ranges: partition.ranges.map((range) => sourced(range, logs)),
    })),
    orderValuesFor(scan.order, recorded),
  );
  const starts = new Map(scan.partitions.map(({ id, next }) => [partitionKey(id), next]));
  const next = path.cursors.map(({ id }) => starts.get(partitionKey(id)) ?? 0);
  let handled = 0;
  control.beginLane(0);
  try {
    for (;;) {
      if (path.mustLoad) {
        control.idle();
        control.progress(handled, 0);
        handled = 0;
        await path.load();
      }
      const cursor = path.head;
      if (cursor === null) break;
      const { place, index, page, id } = cursor;
      const offset = cursor.offsets[index] as number;
      if (offset >= (next[place] as number) && page !== null) {
        if (control.enter(place, offset)) throw stopped();
        next[place] = offset + 1;
        // The host of a process applies the time limit itself.
        if (instance.mode === 'batches') control.idle();
        const asking = keyScan.ask({ place, offset }, page, index, id, cursor.clock[index] as number);
        if (asking !== undefined) await asking;
      }
      handled++;
      path.step();
    }
    await keyScan.flush();
  } finally {
    control.idle();
    path.close();
  }
}

function sourced({ from, to, log }: ScanPartition['ranges'][number], logs: readonly EventLog[]) {
  return { from, to, log: log === null ? null : (logs[log] ?? null), segment: 0 };
}
