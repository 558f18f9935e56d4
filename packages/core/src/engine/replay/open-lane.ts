import { PartitionLedger } from '../accounts/partition-ledger.js';
import { PartLedger } from '../accounts/part-ledger.js';
import { routeBaseline } from '../fold/baseline-routing.js';
import { LaneLedger } from '../fold/lane-ledger.js';
import type { BookedStanding } from '../fold/batch-books.js';
import { BatchLaneRunner } from '../fold/batch-lane-runner.js';
import type { FactJudge } from '../fold/fact-judge.js';
import type { LaneObserver } from '../fold/lane-observer.js';
import { LaneRunner } from '../fold/lane-runner.js';
import type { Lane, LaneOptions } from '../fold/lane.js';
import type { EventLog } from '../../model/log/event-log.js';
import { partitionKey } from '../../model/log/partition-id.js';
import { orderValuesFor } from '../order/order-values.js';
import type { RecordedRanks } from '../../model/order/recorded-ranks.js';
import type { EventPath } from '../path/event-path.js';
import { OrderedEvents } from '../path/ordered-events.js';
import type { PathPartition } from '../path/partition-cursor.js';
import { Path } from '../path/path.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import { lanesOf, type ReplaySpec, type RunTuning, type SpecPartition } from '../spec/replay-spec.js';
import type { RunControl } from '../threads/run-control.js';
import type { LaneNumber, LanePartition, RunStore } from '../store/run-store.js';

/** What a replay works with once everything is open. */
export interface OpenReplay {
  readonly spec: ReplaySpec;
  readonly logs: readonly EventLog[];
  readonly recorded: RecordedRanks | null;
  readonly instance: OpenWorker;
  readonly store: RunStore;
  readonly tuning: RunTuning;
  readonly control: RunControl;
  readonly observer?: LaneObserver;
  /** A file of events in the canonical order, in the place of the logs: the part of them that one task of keys has. */
  readonly orderedEvents?: string;
  /** Whether facts are taken; all are where absent. */
  readonly factJudge?: FactJudge;
}

export interface OpenLane {
  readonly runner: Lane;
  /** Exclusive end by place of the cursor, for `runUntil`. */
  readonly targets: readonly number[];
  readonly done: boolean;
}

/** Opens one lane where its last commit left it, or at the baseline. */
export function openLane(replay: OpenReplay, lane: LaneNumber): OpenLane {
  const { spec, store, instance, tuning } = replay;
  const partitions = lanesOf(spec).find((candidate) => candidate.lane === lane)?.partitions ?? [];
  const laneStore = store.lane(lane);
  const committed = new Map(laneStore.head?.partitions.map((part) => [partitionKey(part), part]));
  const resumed = partitions.map((partition) => ({ partition, saved: committed.get(partitionKey(partition.id)) }));

  const Ledger = replay.orderedEvents === undefined ? PartitionLedger : PartLedger;
  const ledgers = resumed.map(
    ({ partition, saved }) =>
      new Ledger(partition.id, saved ?? PartitionLedger.startingAt(partition.next), partition.holes),
  );
  const openPath = (): EventPath => {
    if (replay.orderedEvents !== undefined) {
      const given = new OrderedEvents(
        replay.orderedEvents,
        resumed.map(({ partition, saved }) => ({ id: partition.id, next: saved?.next ?? partition.next })),
      );
      given.cursors.forEach((cursor, place) => {
        const order = resumed[place]?.saved?.order ?? partitions[place]?.order;
        cursor.watermark = order?.watermark ?? -Infinity;
        cursor.lastClock = order?.clock ?? -Infinity;
      });
      return given;
    }
    return new Path(
      resumed.map(({ partition, saved }, place) => ({
        ...pathPartition(partition, saved, replay.logs),
        onHole: (hole) => ledgers[place]?.addHole(hole),
      })),
      orderValuesFor(spec.order, replay.recorded),
    );
  };
  const path = openPath();
  const routing = routeBaseline(
    spec.parts.map((part) => ({
      scope: part.scope,
      starts: partitions.map((partition) => part.starts[spec.partitions.indexOf(partition)] ?? 0),
    })),
  );
  const cursors = path.cursors;
  // A runner that reads ahead of its books keeps the standing that is committed itself.
  const standings =
    instance.mode === 'events'
      ? cursors
      : cursors.map(({ id, watermark, lastClock }): BookedStanding => ({ id, watermark, lastClock }));
  const ledger = new LaneLedger({
    lane,
    store: laneStore,
    standings,
    ledgers,
    baselineCauses: spec.parts.map((part) => part.cause),
    segmentOrigins: spec.segmentOrigins,
    partOf: routing.partOf,
    ownsKeys: spec.locality === 'partition',
    cachedStates: tuning.cachedStates,
    deduplicationWindow: instance.worker.deduplicate?.window ?? null,
  });
  const options: LaneOptions = {
    lane,
    path,
    ledger,
    routing,
    scope: spec.scope?.kind === 'keys' ? new Set(spec.scope.keys) : null,
    poison: spec.poison,
    acceptGaps: spec.acceptGaps,
    forcedQuarantines: store.forcedQuarantines(),
    batchEvents: tuning.batchEvents,
    batchMs: tuning.batchMs,
    control: replay.control,
    observer: replay.observer ?? null,
    facts: factPlaces(partitions),
    factJudge: replay.factJudge ?? null,
  };
  const { determinismSample, alwaysFreeze } = tuning;
  const runner =
    instance.mode === 'events'
      ? new LaneRunner({ ...options, instance, determinismSample, alwaysFreeze })
      : new BatchLaneRunner({ ...options, worker: instance, standings, cachedStates: tuning.cachedStates });
  return { runner, targets: partitions.map((partition) => partition.target), done: laneStore.head?.done ?? false };
}

function factPlaces(partitions: readonly SpecPartition[]): ReadonlySet<number> | null {
  const places = partitions.flatMap(({ facts }, place) => (facts === true ? [place] : []));
  return places.length === 0 ? null : new Set(places);
}

function pathPartition(
  partition: SpecPartition,
  saved: LanePartition | undefined,
  logs: readonly EventLog[],
): PathPartition {
  const next = saved?.next ?? partition.next;
  return {
    id: partition.id,
    next,
    order: saved?.order ?? partition.order,
    timesConfirmed: partition.standIns === true,
    ranges: partition.ranges
      .filter((range) => range.to > next)
      .map((range) => ({
        from: Math.max(range.from, next),
        to: range.to,
        log: range.log === null ? null : (logs[range.log] ?? null),
        segment: range.segment,
      })),
  };
}
