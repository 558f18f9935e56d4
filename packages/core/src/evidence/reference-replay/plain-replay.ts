import { setImmediate } from 'node:timers/promises';
import { comparePartitions, describePartition, type PartitionId } from '../../model/log/partition-id.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { OrderCounts, OrderSpec } from '../../model/order/order-spec.js';
import type { PartitionAccount } from '../../model/accounts/accounts.js';
import type { PoisonPolicy } from '../../model/plan/plan.js';
import type { Position } from '../../model/position/position.js';
import type { ProgressReport } from '../../model/strategy/strategy.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import type { HasSeen } from './baseline-ages.js';
import { digestLanes } from './digest-outputs.js';
import { digestStates } from './digest-states.js';
import type { ClaimKeys } from './evaluate-event.js';
import { indexForced, type TimedOutEvent } from './forced-quarantines.js';
import { orderValueReader, type RecordedRanks } from './order-value.js';
import { accountOf, addOrderCounts } from './plain-accounts.js';
import { orderedWalks } from './ordered-walks.js';
import type { PlainPartition } from './plain-partition.js';
import { replayLane, type LaneOutcome, type OnApplied, type PlainQuarantine } from './replay-lane.js';
import { walkPartition, type PartitionWalk } from './walk-partition.js';

export interface PlainReplayRequest {
  readonly partitions: readonly PlainPartition[];
  readonly instance: OpenWorker;
  readonly order: OrderSpec;
  /** Needed for a recorded order only. */
  readonly recordedRanks?: RecordedRanks;
  /** As the worker declares it where absent; `global` puts all partitions into one order. */
  readonly locality?: 'partition' | 'global';
  readonly poison: PoisonPolicy;
  readonly forced: readonly TimedOutEvent[];
  /** Keys that the replay is limited to; all where absent. */
  readonly scope?: ReadonlySet<string>;
  /** Which events some of the initial states have seen already; none where absent or null. */
  readonly hasSeen?: HasSeen | null;
  /** States at the start as they are stored: encoded, and already of the worker's state version. */
  readonly initialStates: Iterable<SnapshotRow> | AsyncIterable<SnapshotRow>;
  /** A file with all the events in the order of the path, in the place of the logs. */
  readonly orderedEvents?: string;
  /** Offsets that one read request spans; it changes no result. A range is one request where absent. */
  readonly requestOffsets?: number;
  /** Called for each event that was applied; a promise is awaited. */
  readonly onApplied?: OnApplied;
  readonly onProgress?: (progress: ProgressReport) => void;
  readonly signal?: AbortSignal;
}

export interface PlainReplayOutcome {
  /** States by key as they are stored; deleted keys are absent. */
  readonly states: ReadonlyMap<string, unknown>;
  readonly stateDigest: string;
  readonly outputsDigest: string;
  readonly outputs: number;
  /** The chain over the outputs of each lane. */
  readonly chains: readonly string[];
  /** Sorted by partition. */
  readonly accounts: readonly PartitionAccount[];
  /** In the order of the path, lane by lane; then what cannot be read, partition by partition. */
  readonly quarantined: readonly PlainQuarantine[];
  readonly order: OrderCounts;
  /** State of the order behind the last event of each partition, sorted by partition: where a next replay begins. */
  readonly positions: Position;
}

const eventsBetweenPauses = 256;

/**
 * Derives a replay again, in the plainest way that memory allows: its order, accounts, duplicates, quarantines and
 * digests share no line with the engine, only the log's decoding and the worker. Keeps all states in memory.
 * @throws RecoveryError `interrupted` when stopped by the signal, `key-in-several-partitions` for a key in two
 *   partitions of a partition-local worker, `event-crosses-scope` for an event on both sides of the scope, `mixed-baselines`
 *   for one that only some of its keys have seen, and what the
 *   worker throws under the policy `stop`.
 */
export async function plainReplay(request: PlainReplayRequest): Promise<PlainReplayOutcome> {
  const { instance } = request;
  const locality = request.locality ?? instance.worker.locality;
  const partitions = [...request.partitions].sort((a, b) => comparePartitions(a.id, b.id));
  const lanes = locality === 'partition' ? partitions.map((partition) => [partition]) : [partitions];
  const states = new Map<string, unknown>();
  for await (const { key, state } of request.initialStates) states.set(key, state);
  const forced = indexForced(request.forced);
  const scope = request.scope ?? null;
  const claimKeys = locality === 'partition' && partitions.length > 1 ? claimByPartition() : () => undefined;
  const onEvent = watchProgress(request, partitions);

  const walks: PartitionWalk[] = [];
  const outcomes: LaneOutcome[] = [];
  try {
    for (const lane of lanes) {
      const opened = await openWalks(lane, request, walks);
      outcomes.push(
        await replayLane({
          walks: opened,
          instance,
          states,
          poison: request.poison,
          forced,
          scope,
          hasSeen: request.hasSeen ?? null,
          claimKeys,
          onEvent,
          ...(request.onApplied === undefined ? {} : { onApplied: request.onApplied }),
        }),
      );
    }
  } finally {
    for (const walk of walks) walk.close();
  }

  const counts = outcomes.flatMap((outcome) => outcome.counts);
  const chains = outcomes.map(({ outputsChain }) => outputsChain);
  return {
    states,
    stateDigest: digestStates(states),
    outputsDigest: digestLanes(chains),
    chains,
    outputs: outcomes.reduce((sum, { outputs }) => sum + outputs, 0),
    accounts: walks.map((walk, index) => accountOf(walk, counts[index])),
    quarantined: [...outcomes.flatMap((outcome) => outcome.quarantined), ...walks.flatMap(damagedOf)],
    positions: walks.map((walk) => ({ ...walk.partition.id, next: walk.partition.end, order: walk.standing() })),
    order: addOrderCounts(walks.map((walk) => walk.order())),
  };
}

function damagedOf(walk: PartitionWalk): readonly PlainQuarantine[] {
  const { source, topic, incarnation, partition } = walk.partition.id;
  return walk.absent().damaged.map((offset) => ({ source, topic, incarnation, partition, offset, code: 'damaged' }));
}

/** Opens the partitions of a lane and notes each at once, so that all are closed whatever happens. */
async function openWalks(
  lane: readonly PlainPartition[],
  { order, recordedRanks, orderedEvents, requestOffsets = Infinity }: PlainReplayRequest,
  walks: PartitionWalk[],
): Promise<readonly PartitionWalk[]> {
  if (orderedEvents !== undefined) {
    const ordered = orderedWalks(orderedEvents, lane);
    walks.push(...ordered);
    return ordered;
  }
  const orderValueOf = orderValueReader(order, recordedRanks);
  const opened: PartitionWalk[] = [];
  for (const partition of lane) {
    const walk = await walkPartition(partition, order, orderValueOf, requestOffsets);
    walks.push(walk);
    opened.push(walk);
  }
  return opened;
}

/** A partition-local worker promises that no key is named in two partitions, by whatever becomes of the events. */
function claimByPartition(): ClaimKeys {
  const owners = new Map<string, PartitionId>();
  return (keys, partition) => {
    for (const key of keys) {
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, partition);
      else if (owner !== partition) {
        const places = [owner, partition].map(describePartition).join(' and ');
        throw new RecoveryError(
          'key-in-several-partitions',
          `key ${JSON.stringify(key.slice(0, 60))} appeared in ${places}`,
          { hint: "the worker declares locality 'partition'; declare 'global' or partition the topic by this key" },
        );
      }
    }
  };
}

/** Reports now and then, and lets the process hear its signals. */
function watchProgress(
  { onProgress, signal }: PlainReplayRequest,
  partitions: readonly PlainPartition[],
): (quarantined: boolean) => Promise<void> | undefined {
  const total = partitions.reduce((sum, { start, end }) => sum + end - start, 0);
  let done = 0;
  let parked = 0;
  return (quarantined) => {
    done++;
    if (quarantined) parked++;
    if (done % eventsBetweenPauses !== 0) return undefined;
    onProgress?.({ phase: 'verify', done, total, quarantined: parked });
    return setImmediate().then(() => {
      if (signal?.aborted) throw new RecoveryError('interrupted', 'verification was stopped', { hint: 'run it again' });
    });
  };
}
