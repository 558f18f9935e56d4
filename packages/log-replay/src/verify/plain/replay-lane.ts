import type { PoisonPolicy, WorkerInstance } from '@eventmend/core';
import { createOutputChain, digestedOutputs } from './digest-outputs.js';
import { evaluateEvent, keysWithoutInvoking, type ClaimKeys, type Evaluation } from './evaluate-event.js';
import type { ForcedQuarantines } from './forced-quarantines.js';
import { createRecentIds } from './recent-ids.js';
import { sideOfScope } from './side-of-scope.js';
import type { PartitionWalk, WalkedEvent } from './walk-partition.js';

export interface QuarantinedEvent {
  readonly source: string;
  readonly topic: string;
  readonly incarnation: string;
  readonly partition: number;
  readonly offset: number;
  /** An error code, or `blocked` for an event that names a key of an earlier failed one. */
  readonly code: string;
}

/** What became of the events of one partition. */
export interface EventCounts {
  applied: number;
  duplicates: number;
  outside: number;
  quarantined: number;
}

export interface LaneRequest {
  readonly walks: readonly PartitionWalk[];
  readonly instance: WorkerInstance;
  /** States by key as they are stored; the lane changes it. */
  readonly states: Map<string, unknown>;
  readonly poison: PoisonPolicy;
  readonly forced: ForcedQuarantines;
  /** The keys that the replay is about; null for all. */
  readonly scope: ReadonlySet<string> | null;
  readonly claimKeys: ClaimKeys;
  /** Called after each event; a promise is awaited. */
  readonly onEvent: (quarantined: boolean) => Promise<void> | undefined;
}

export interface LaneOutcome {
  readonly outputsChain: string;
  readonly outputs: number;
  /** One entry a walk, in the order of `walks`. */
  readonly counts: readonly EventCounts[];
  readonly quarantined: readonly QuarantinedEvent[];
}

/** Replays some partitions as one sequence of events: always the smallest head, the first partition of equal ones. */
export async function replayLane(request: LaneRequest): Promise<LaneOutcome> {
  const { walks, instance, states, poison, forced, scope, claimKeys } = request;
  const deduplicate = instance.worker.deduplicate;
  const recentIds = deduplicate === undefined ? null : createRecentIds(deduplicate.window);
  const parkedKeys = new Set<string>();
  const view = { read: (key: string) => states.get(key) };
  const surroundings = { instance, states: view, recentIds, scope, claimKeys, parkedKeys };
  const outputs = createOutputChain();
  const counts = walks.map((): EventCounts => ({ applied: 0, duplicates: 0, outside: 0, quarantined: 0 }));
  const quarantined: QuarantinedEvent[] = [];

  const park = (walk: PartitionWalk, offset: number, code: string, count: EventCounts): void => {
    count.quarantined++;
    quarantined.push({ ...walk.partition.id, offset, code });
  };

  const settle = (evaluation: Evaluation, walk: PartitionWalk, event: WalkedEvent, count: EventCounts): void => {
    const { id } = walk.partition;
    switch (evaluation.kind) {
      case 'applied':
        count.applied++;
        recentIds?.add(evaluation.id);
        for (const { key, state } of evaluation.effects.writes) {
          if (state === undefined) states.delete(key);
          else states.set(key, state);
        }
        for (const output of digestedOutputs(id, event.offset, event.now, evaluation.effects.outputs))
          outputs.add(output);
        break;
      case 'duplicate':
        count.duplicates++;
        break;
      case 'outside':
        count.outside++;
        // Nobody evaluates it, so it is taken for one that happened.
        recentIds?.add(evaluation.id);
        break;
      case 'parked':
        park(walk, event.offset, 'blocked', count);
        break;
      case 'failed':
        if (poison === 'stop') throw evaluation.error;
        if (poison === 'quarantine-key') for (const key of evaluation.keys ?? []) parkedKeys.add(key);
        park(walk, event.offset, evaluation.error.code, count);
        break;
    }
  };

  for (;;) {
    const index = smallestHead(walks);
    if (index < 0) break;
    const walk = walks[index] as PartitionWalk;
    const event = walk.current as WalkedEvent;
    const count = counts[index] as EventCounts;
    const parkedBefore = count.quarantined;
    const forcedCode = forced.codeOf(walk.partition.id, event.offset);
    if (forcedCode === undefined) {
      const evaluation = evaluateEvent(event, walk.partition.id, surroundings);
      settle(evaluation instanceof Promise ? await evaluation : evaluation, walk, event, count);
    } else {
      const named = keysWithoutInvoking(event, walk.partition.id, instance) ?? [];
      const keys = sideOfScope(named, scope, event.offset) === 'inside' ? named : [];
      claimKeys(keys, walk.partition.id);
      if (poison === 'quarantine-key') for (const key of keys) parkedKeys.add(key);
      park(walk, event.offset, forcedCode, count);
    }
    const pause = request.onEvent(count.quarantined > parkedBefore);
    if (pause !== undefined) await pause;
    const reading = walk.advance();
    if (reading !== undefined) await reading;
  }
  return { outputsChain: outputs.close(), outputs: outputs.count, counts, quarantined };
}

/** Walks are sorted by partition, so the first of equal heads is the right one; -1 when all have ended. */
function smallestHead(walks: readonly PartitionWalk[]): number {
  let smallest = -1;
  let value = Infinity;
  for (let index = 0; index < walks.length; index++) {
    const head = (walks[index] as PartitionWalk).current;
    if (head === null || (smallest >= 0 && head.effective >= value)) continue;
    smallest = index;
    value = head.effective;
  }
  return smallest;
}
