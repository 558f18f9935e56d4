import type { OpenWorker } from '../../worker/describe-worker.js';
import type { PoisonPolicy } from '../../model/plan/plan.js';
import type { StateFact } from '../../model/records/state-fact.js';
import type { HasSeen } from './baseline-ages.js';
import { createOutputChain, digestedOutputs } from './digest-outputs.js';
import { evaluateBatch, type LaneStep } from './evaluate-batch.js';
import { evaluateEvent, keysWithoutInvoking, type ClaimKeys, type Evaluation } from './evaluate-event.js';
import type { ForcedQuarantines } from './forced-quarantines.js';
import { createRecentIds } from './recent-ids.js';
import { setFact } from './set-fact.js';
import { sideOfScope } from './side-of-scope.js';
import type { PartitionWalk, WalkedEvent } from './walk-partition.js';
import type { PartitionId } from '../../model/log/partition-id.js';

export interface PlainQuarantine extends PartitionId {
  readonly offset: number;
  /** An error code, or `blocked` for an event that names a key of an earlier failed one. */
  readonly code: string;
}

/** What became of the events of one partition. */
export interface EventCounts {
  applied: number;
  duplicates: number;
  outside: number;
  seen: number;
  quarantined: number;
}

export interface LaneRequest {
  readonly walks: readonly PartitionWalk[];
  readonly instance: OpenWorker;
  /** States by key as they are stored; the lane changes it. */
  readonly states: Map<string, unknown>;
  readonly poison: PoisonPolicy;
  readonly forced: ForcedQuarantines;
  /** The keys that the replay is about; null for all. */
  readonly scope: ReadonlySet<string> | null;
  /** Which events the states have already that the replay began with; null for none. */
  readonly hasSeen: HasSeen | null;
  readonly claimKeys: ClaimKeys;
  /** Called after each event; a promise is awaited. */
  readonly onEvent: (quarantined: boolean) => Promise<void> | undefined;
  /** Called for each event that was applied; a promise is awaited. */
  readonly onApplied?: OnApplied;
}

export type OnApplied = (
  evaluation: Extract<Evaluation, { kind: 'applied' }>,
  partition: PartitionId,
  event: WalkedEvent,
) => Promise<void> | undefined;

export interface LaneOutcome {
  readonly outputsChain: string;
  readonly outputs: number;
  /** One entry a walk, in the order of `walks`. */
  readonly counts: readonly EventCounts[];
  readonly quarantined: readonly PlainQuarantine[];
}

/** Replays some partitions as one sequence of events: always the smallest head, the first partition of equal ones. */
export async function replayLane(request: LaneRequest): Promise<LaneOutcome> {
  const { walks, instance, states, poison, forced, scope, hasSeen, claimKeys } = request;
  const deduplicate = instance.worker.deduplicate;
  const recentIds = deduplicate === undefined ? null : createRecentIds(deduplicate.window);
  const quarantinedKeys = new Set<string>();
  const view = { read: (key: string) => states.get(key) };
  const context = { states: view, recentIds, scope, hasSeen, claimKeys, quarantinedKeys };
  const outputs = createOutputChain();
  const counts = walks.map((): EventCounts => ({ applied: 0, duplicates: 0, outside: 0, seen: 0, quarantined: 0 }));
  const quarantined: PlainQuarantine[] = [];

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
      case 'seen':
        count.seen++;
        break;
      case 'parked':
        park(walk, event.offset, 'blocked', count);
        break;
      case 'failed':
        if (poison === 'stop') throw evaluation.error;
        if (poison === 'quarantine-key') for (const key of evaluation.keys ?? []) quarantinedKeys.add(key);
        park(walk, event.offset, evaluation.error.number, count);
        break;
      case 'forced': {
        const keys = sideOfScope(evaluation.keys, scope, event.offset) === 'inside' ? evaluation.keys : [];
        claimKeys(keys, id);
        if (poison === 'quarantine-key') for (const key of keys) quarantinedKeys.add(key);
        park(walk, event.offset, evaluation.code, count);
        break;
      }
    }
  };

  const takeIn = (evaluation: Evaluation, { walk, event, count }: Step): Promise<void> | undefined => {
    const parkedBefore = count.quarantined;
    settle(evaluation, walk, event, count);
    const looking =
      evaluation.kind === 'applied' ? request.onApplied?.(evaluation, walk.partition.id, event) : undefined;
    const pause = request.onEvent(count.quarantined > parkedBefore);
    return looking === undefined ? pause : looking.then(() => pause);
  };

  const set = ({ event: { page, index }, count }: Step): Promise<void> | undefined => {
    setFact(states, page.keys[index] ?? '', page.values[index] as StateFact);
    count.applied++;
    return request.onEvent(false);
  };

  if (instance.mode === 'batches') {
    const batched = { ...context, worker: instance, forced };
    await replayInBatches(walks, counts, (steps) => evaluateBatch(steps, batched), takeIn, set);
  } else {
    const single = { ...context, instance };
    for (let step = nextStep(walks, counts); step !== null; step = nextStep(walks, counts)) {
      const { partition, event } = step;
      if (step.walk.partition.facts === true) {
        const pause = set(step);
        if (pause !== undefined) await pause;
        const reading = step.walk.advance();
        if (reading !== undefined) await reading;
        continue;
      }
      const code = forced.codeOf(partition, event.offset);
      const evaluation =
        code === undefined
          ? evaluateEvent(event, partition, single)
          : { kind: 'forced' as const, code, keys: keysWithoutInvoking(event, partition, instance) ?? [] };
      const pause = takeIn(evaluation instanceof Promise ? await evaluation : evaluation, step);
      if (pause !== undefined) await pause;
      const reading = step.walk.advance();
      if (reading !== undefined) await reading;
    }
  }
  return { outputsChain: outputs.close(), outputs: outputs.count, counts, quarantined };
}

/** An event of the lane, the walk that it is of, and where it is counted. */
interface Step extends LaneStep {
  readonly walk: PartitionWalk;
  readonly count: EventCounts;
}

/** The event that is next on the path; null when all walks have ended. */
function nextStep(walks: readonly PartitionWalk[], counts: readonly EventCounts[]): Step | null {
  const index = smallestHead(walks);
  if (index < 0) return null;
  const walk = walks[index] as PartitionWalk;
  return {
    walk,
    partition: walk.partition.id,
    event: walk.current as WalkedEvent,
    count: counts[index] as EventCounts,
  };
}

const largestBatch = 512;
const shortMs = 50;
const longMs = 500;

/** Reads ahead of what is settled, by as many events as the worker handles in a while. */
async function replayInBatches(
  walks: readonly PartitionWalk[],
  counts: readonly EventCounts[],
  evaluate: (steps: readonly Step[]) => Promise<readonly Evaluation[]>,
  takeIn: (evaluation: Evaluation, step: Step) => Promise<void> | undefined,
  set: (step: Step) => Promise<void> | undefined,
): Promise<void> {
  const waiting: Step[] = [];
  let size = 16;
  for (;;) {
    while (waiting.length < size) {
      const step = nextStep(walks, counts);
      if (step === null) break;
      if (step.walk.partition.facts === true) {
        // What it sets is seen by the events behind it, so those in front of it are handled first.
        if (waiting.length > 0) break;
        const pause = set(step);
        if (pause !== undefined) await pause;
      } else waiting.push(step);
      const reading = step.walk.advance();
      if (reading !== undefined) await reading;
    }
    if (waiting.length === 0) return;
    const started = performance.now();
    const evaluations = await evaluate(waiting);
    const elapsed = performance.now() - started;
    if (elapsed < shortMs) size = Math.min(largestBatch, size * 2);
    else if (elapsed > longMs) size = Math.max(1, Math.floor(size / 2));
    const settled = waiting.splice(0, evaluations.length);
    for (const [index, step] of settled.entries()) {
      const pause = takeIn(evaluations[index] as Evaluation, step);
      if (pause !== undefined) await pause;
    }
  }
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
