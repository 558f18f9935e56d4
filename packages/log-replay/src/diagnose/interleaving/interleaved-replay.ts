import {
  describePartition,
  partitionKey,
  type ForcedQuarantine,
  type ReplayInputs,
  type ReplaySpec,
  type RunControl,
  type WorkerBasis,
  type Evaluation,
  evaluateOne,
  keysOfOne,
  orderValueReader,
  partitionsOfSpec,
  ranksOneByOne,
  createRecentIds,
  type RecentIds,
  walkPartition,
  type PartitionWalk,
  type WalkedEvent,
} from '@eventmend/core/engine';
import { RecoveryError, type PartitionId, type WorkerEvent } from '@eventmend/core';
import type { ChooseNext } from './choose-next.js';

/** An event that the replay is about to let take effect; the states still are those from before it. */
export interface HandledEvent {
  /** Number of the event in this replay, from 0. */
  readonly seq: number;
  /** Number of its partition among those of the spec. */
  readonly place: number;
  readonly now: number;
  readonly event: WorkerEvent;
  readonly keys: readonly string[];
  /** Holds until the next event only. */
  readonly writes: readonly { readonly key: string; readonly state: unknown }[];
}

export interface ReplayListener {
  handled?(event: HandledEvent): void;
  /** An event without effect: what it should have done is not known. `keys` is null where it cannot even name them. */
  parked?(keys: readonly string[] | null): void;
}

export interface InterleavedRequest {
  readonly spec: ReplaySpec;
  readonly inputs: ReplayInputs;
  readonly forced: readonly ForcedQuarantine[];
  /** By key as they are stored; the replay changes it. */
  readonly states: Map<string, unknown>;
  readonly choose: ChooseNext;
  readonly listener: ReplayListener;
  readonly control: RunControl;
}

export interface InterleavedReplay {
  /** Reads every partition up to an exclusive end, in one of the orders that keep the offsets; false when stopped. */
  runUntil(ends: readonly number[]): Promise<boolean>;
  close(): void;
}

const eventsBetweenReports = 1024;

/**
 * A replay that interleaves the partitions as it is told: in canonical order, or in another one that the live service was
 * free to choose. A partition that has reached its end waits for the others, so that every position can be reached.
 */
export async function openInterleaved(request: InterleavedRequest): Promise<InterleavedReplay> {
  const { spec, inputs, states, choose, listener, control } = request;
  const { instance } = inputs;
  const walks = await openWalks(spec, inputs);
  const lanes = windowsByLane(spec, inputs.instance);
  const forced = new Set(request.forced.map((one) => locationKey(one.partition, one.offset)));
  const quarantinedKeys = new Set<string>();
  const scope = spec.scope?.kind === 'keys' ? new Set(spec.scope.keys) : null;
  const claimKeys = spec.locality === 'partition' && walks.length > 1 ? claimByPlace() : () => undefined;
  let seq = 0;
  let unreported = 0;
  let quarantined = 0;

  const park = (keys: readonly string[] | null): void => {
    quarantined++;
    if (spec.poison === 'quarantine-key') for (const key of keys ?? []) quarantinedKeys.add(key);
    listener.parked?.(keys);
  };

  const settle = (evaluation: Evaluation, place: number, walked: WalkedEvent): void => {
    switch (evaluation.kind) {
      case 'applied': {
        lanes[place]?.add(evaluation.id);
        const { event, keys } = evaluation;
        const { writes } = evaluation.effects;
        listener.handled?.({ seq, place, now: walked.now, event, keys, writes });
        for (const { key, state } of writes) {
          if (state === undefined) states.delete(key);
          else states.set(key, state);
        }
        break;
      }
      case 'duplicate':
      case 'seen':
        break;
      case 'outside':
        lanes[place]?.add(evaluation.id);
        break;
      case 'parked':
        park(evaluation.keys);
        break;
      case 'forced':
        park(evaluation.keys);
        break;
      case 'failed':
        if (spec.poison === 'stop') throw evaluation.error;
        park(evaluation.keys);
        break;
    }
  };

  return {
    async runUntil(ends) {
      for (;;) {
        const place = choose(walks, ends);
        if (place < 0) break;
        const walk = walks[place] as PartitionWalk;
        const walked = walk.current as WalkedEvent;
        const { id } = walk.partition;
        control.beginLane(spec.locality === 'global' ? 0 : place);
        if (control.enter(spec.locality === 'global' ? place : 0, walked.offset)) return false;
        // The host of a process applies the time limit, and then asks it a second time.
        if (instance.mode === 'batches') control.idle();
        if (forced.size > 0 && forced.has(locationKey(id, walked.offset))) {
          park(await keysOfOne(walked, id, instance));
        } else {
          const recentIds = lanes[place] ?? null;
          const evaluation = evaluateOne(walked, id, instance, {
            states: { read: (key) => states.get(key) },
            recentIds,
            scope,
            hasSeen: null,
            claimKeys: (keys) => {
              claimKeys(keys, place, id);
            },
            quarantinedKeys,
          });
          settle(evaluation instanceof Promise ? await evaluation : evaluation, place, walked);
        }
        seq++;
        const reading = walk.advance();
        if (reading !== undefined) {
          control.idle();
          await reading;
        }
        if (++unreported === eventsBetweenReports) {
          control.progress(unreported, quarantined);
          unreported = 0;
        }
      }
      control.idle();
      control.progress(unreported, quarantined);
      unreported = 0;
      return !control.stopRequested;
    },
    close: () => {
      for (const walk of walks) walk.close();
    },
  };
}

async function openWalks(spec: ReplaySpec, inputs: ReplayInputs): Promise<readonly PartitionWalk[]> {
  const ranks = inputs.recorded === null ? undefined : ranksOneByOne(inputs.recorded);
  const walks: PartitionWalk[] = [];
  try {
    for (const partition of partitionsOfSpec(spec, inputs.logs)) {
      walks.push(await walkPartition(partition, spec.order, orderValueReader(spec.order, ranks), Infinity));
    }
    return walks;
  } catch (error) {
    for (const walk of walks) walk.close();
    throw error;
  }
}

/** The window of recent ids by place: one for all partitions, or one for each where they are folded apart. */
function windowsByLane(spec: ReplaySpec, { worker }: WorkerBasis): readonly (RecentIds | null)[] {
  const { deduplicate } = worker;
  if (deduplicate === undefined) return spec.partitions.map(() => null);
  if (spec.locality === 'partition') return spec.partitions.map(() => createRecentIds(deduplicate.window));
  const shared = createRecentIds(deduplicate.window);
  return spec.partitions.map(() => shared);
}

function claimByPlace(): (keys: readonly string[], place: number, id: PartitionId) => void {
  const owners = new Map<string, number>();
  return (keys, place, id) => {
    for (const key of keys) {
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, place);
      else if (owner !== place) {
        throw new RecoveryError(
          'key-in-several-partitions',
          `key ${JSON.stringify(key.slice(0, 60))} appeared in ${describePartition(id)} and in another partition`,
          { hint: "the worker declares locality 'partition'; declare 'global' or partition the topic by this key" },
        );
      }
    }
  };
}

function locationKey(partition: PartitionId, offset: number): string {
  return `${partitionKey(partition)}@${offset}`;
}
