import { OutputColumns, parseOutputChunk, type ChunkedOutput } from '../../engine/outputs/output-columns.js';
import {
  chainOutputChunk,
  emptyOutputChain,
  hashOutputChunk,
  outputsPerChunk,
} from '../../engine/digest/output-digest.js';
import { StateDigest } from '../../engine/digest/state-digest.js';
import { newFlagCounts } from '../../engine/order/assign-order.js';
import type { LaneHead, LanePartition, LaneStore, OutputChunk, RunStore } from '../../engine/store/run-store.js';
import { baselineLane } from '../../engine/store/run-store.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describePartition, partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import type { Cause } from '../../model/provenance/provenance.js';
import type { KeyAssignment } from './assign-keys.js';
import { joinQuarantined, joinStates, refuseWriting, type KeyedState } from './join-states.js';
import type { TaskStore } from './joined-run-store.js';
import { mergeSorted } from './merge-sorted.js';
import type { ReadPartition } from './read-events-job.js';

/**
 * The stores of all tasks of keys as the one lane of the plan, read where they lie. Its outputs are merged as they are read:
 * each carries its time, which is the order, and where its event stands.
 * @param partitions of the plan, in its order, as they were read whole
 */
export function joinKeys(
  tasks: readonly TaskStore[],
  partitions: readonly ReadPartition[],
  assignment: KeyAssignment,
): RunStore {
  const stores = tasks.map(({ store }) => store);
  const [first] = stores;
  if (first === undefined) throw new Error('a fleet has a task at least');
  const lanes = stores.map((store) => store.lane(0));
  const heads = lanes.flatMap(({ head }) => head ?? []);
  const sets = lanes.map((lane) => lane.provenance());
  const firstSets: number[] = [];
  sets.reduce((sum, own) => (firstSets.push(sum), sum + own.length), 0);
  const owned = (row: KeyedState, place: number): KeyedState => {
    if (row.lane === baselineLane) return row;
    if (assignment.taskOf(row.key) !== tasks[place]?.task) throw sharedKey(row.key);
    return { ...row, provenance: row.provenance + (firstSets[place] as number) };
  };
  const places = new Map(partitions.map((partition, place) => [nameOf(partition), place]));
  const chunks = (): Iterable<OutputChunk> => chunksOf(mergeSorted(stores.map(outputsOf), compareOutputs(places)));
  let head: LaneHead | null = null;
  let open: OutputChunk | null = null;
  const complete = (): LaneHead => {
    if (head !== null) return head;
    let chain = emptyOutputChain;
    let outputs = 0;
    for (const chunk of chunks()) {
      outputs += chunk.count;
      open = chunk.count === outputsPerChunk ? null : chunk;
      if (open === null) chain = chainOutputChunk(chain, chunk.hash);
    }
    head = joinHeads(heads, partitions, outputs, chain, firstSets);
    return head;
  };
  const lane: LaneStore = {
    get head() {
      return complete();
    },
    provenance: (): readonly (readonly Cause[])[] => sets.flat(),
    openChunk: () => {
      complete();
      return open;
    },
    blockedKeys: () => lanes.flatMap((one) => [...one.blockedKeys()]),
    recentIds: () => [],
    load: refuseWriting,
    commit: refuseWriting,
  };
  return {
    baseline: () => first.baseline(),
    writeBaseline: refuseWriting,
    forceQuarantine: refuseWriting,
    lane: () => lane,
    forcedQuarantines: () => stores.flatMap((store) => store.forcedQuarantines()),
    ...joinStates({
      of: (key) =>
        stores.flatMap((store, place) => {
          const stored = store.state(key);
          return stored === undefined ? [] : [owned({ key, ...stored }, place)];
        }),
      all: () => stores.map((store, place) => ownedStates(store, (row) => owned(row, place))),
      twice: sharedKey,
    }),
    chunks,
    quarantined: () => joinQuarantined(stores),
    close: () => {
      for (const store of stores) store.close();
    },
  };
}

function* ownedStates(store: RunStore, owned: (row: KeyedState) => KeyedState): Iterable<KeyedState> {
  for (const row of store.states()) yield owned(row);
}

function nameOf({ topic, partition }: Pick<PartitionId, 'topic' | 'partition'>): string {
  return `${topic}/${partition}`;
}

function* outputsOf(store: RunStore): Iterable<ChunkedOutput> {
  for (const { text } of store.chunks(0)) yield* parseOutputChunk(text);
}

function compareOutputs(places: ReadonlyMap<string, number>) {
  return (a: ChunkedOutput, b: ChunkedOutput): number => {
    const order = (a.time ?? -Infinity) === (b.time ?? -Infinity) ? 0 : (a.time ?? -Infinity) - (b.time ?? -Infinity);
    return order || (places.get(nameOf(a)) ?? 0) - (places.get(nameOf(b)) ?? 0) || a.offset - b.offset;
  };
}

/** The golden list in chunks, as one machine would have written it. */
function* chunksOf(outputs: Iterable<ChunkedOutput>): Iterable<OutputChunk> {
  let columns = new OutputColumns();
  let number = 0;
  const chunk = (): OutputChunk => {
    const text = columns.text();
    return { number: number++, count: columns.count, text, hash: hashOutputChunk(text) };
  };
  for (const { topic, partition, offset, time, output, key, ordinal, businessId, value } of outputs) {
    columns.add(topic, partition, offset, time ?? -Infinity, output, key, ordinal, businessId, value);
    if (columns.count < outputsPerChunk) continue;
    yield chunk();
    columns = new OutputColumns();
  }
  if (columns.count > 0) yield chunk();
}

function joinHeads(
  heads: readonly LaneHead[],
  read: readonly ReadPartition[],
  outputs: number,
  outputChain: string,
  firstSets: readonly number[],
): LaneHead {
  const delta = new StateDigest();
  const flags = newFlagCounts();
  for (const head of heads) {
    delta.add(head.stateDelta);
    head.orderFlags.forEach((count, flag) => (flags[flag] = (flags[flag] ?? 0) + count));
  }
  const sum = (of: (head: LaneHead) => number): number => heads.reduce((total, head) => total + of(head), 0);
  return {
    lane: 0,
    seq: 0,
    partitions: read.map((partition) => joinBooks(partition, heads)),
    orderFlags: [...flags],
    stateDelta: delta.toHex(),
    keysDelta: sum(({ keysDelta }) => keysDelta),
    outputs,
    outputChain,
    // A plan with a hole is not spread by keys, so that no set holds what every key has.
    floor: (heads[0]?.floor ?? 0) + (firstSets[0] ?? 0),
    quarantined: sum(({ quarantined }) => quarantined),
    negativeZeros: sum(({ negativeZeros }) => negativeZeros),
    deduplicated: 0,
    done: heads.every(({ done }) => done),
  };
}

/** What a reader passed over, and what became of the events that it gave to the tasks: all of them, each once. */
function joinBooks({ given, ...read }: ReadPartition, heads: readonly LaneHead[]): LanePartition {
  const key = partitionKey(read);
  const skipped: Record<string, number> = { ...read.skipped };
  let applied = 0;
  let quarantined = 0;
  heads.forEach((head, task) => {
    const part = head.partitions.find((one) => partitionKey(one) === key);
    if (part === undefined) return;
    const skips = Object.entries(part.skipped);
    const booked = part.applied + part.quarantined + skips.reduce((sum, [, count]) => sum + count, 0);
    if (booked !== given[task]) {
      throw new RecoveryError(
        'invalid-task',
        `task ${task} booked ${booked} events of ${describePartition(read)}, and was to have ${given[task] ?? 0}`,
        { hint: 'remove the folder of that task and run it again' },
      );
    }
    applied += part.applied;
    quarantined += part.quarantined;
    for (const [reason, count] of skips) skipped[reason] = (skipped[reason] ?? 0) + count;
  });
  return { ...read, applied, quarantined, skipped };
}

function sharedKey(key: string): RecoveryError {
  return new RecoveryError(
    'key-in-several-tasks',
    `a task has key ${JSON.stringify(key)}, which another one is to have`,
    {
      hint: 'remove the folders of the tasks and run them again',
      details: { key },
    },
  );
}
