import { RecoveryError, type EventLog, type PartitionId, type Position, type Worker } from '@eventmend/core';
import {
  canonicalIdentity,
  createWorkerInstance,
  describePartition,
  isHarmlessHole,
  partitionKey,
  positionFromJson,
  type WorkerInstance,
} from '@eventmend/core/engine';
import {
  hashBetween,
  hashIdentity,
  nothingApplied,
  proofAfter,
  type ProcessingProof,
} from '../live/processing-proof.js';
import type { OpenCheckpoint } from './checkpoint-rows.js';

/** What the proofs say that a worker did wrong with the events of one key. */
export interface KeyProcessing {
  readonly key: string;
  /**
   * `reordered`: the same events in another order. `mixed`: some are missing and others too many; or others altogether.
   * Where no events are named, `missed` and `repeated` say what there was more of, by at least the difference of the counts.
   */
  readonly kind: 'missed' | 'repeated' | 'reordered' | 'mixed';
  /** Events that the log has for the key in the stretch. */
  readonly expected: number;
  readonly recorded: number;
  /** The missed or repeated events where they can be told, in the order of the log; null where only their number can. */
  readonly events: readonly (PartitionId & { readonly offset: number })[] | null;
}

export interface ProcessingReport {
  /** Events of the log in the stretch. */
  readonly events: number;
  readonly keys: number;
  /** Keys whose events stand in several partitions: how those were interleaved, the log does not say. */
  readonly orderNotTold: number;
  readonly differences: readonly KeyProcessing[];
}

export interface ProcessingToCheck {
  readonly log: EventLog;
  readonly worker: Worker;
  /** The checkpoint whose proofs are looked at. */
  readonly checkpoint: OpenCheckpoint;
  /** An earlier one that is right; without it the log has to reach back to its beginning. */
  readonly since?: OpenCheckpoint;
}

/**
 * Holds what a worker has noted of each key (how many events, and two hashes of which) against the log. Nothing is folded:
 * only the keys of the events are asked for. Holds the proofs of all keys that the stretch touches in memory.
 * @throws RecoveryError `log-gap` where the log does not hold the whole stretch: what is not there would look like a repeat;
 *   `operation-not-allowed` for a worker that leaves out repeated business ids, since it is right to miss those
 */
export async function checkProcessing(check: ProcessingToCheck): Promise<ProcessingReport> {
  const { checkpoint, since, worker } = check;
  // Keys are all that is asked for, and they look nothing up.
  const nothing = { at: () => undefined };
  const lookups = Object.fromEntries((worker.lookups ?? []).map((table) => [table, nothing]));
  const instance = createWorkerInstance(worker, { lookups });
  const from = since === undefined ? [] : positionFromJson(since.header.position ?? []);
  const to = positionFromJson(checkpoint.header.position ?? []);
  if (worker.deduplicate !== undefined) throw deduplicates(worker);
  const stretches = await stretchesOf(check.log, from, to);
  const expected = proofsFrom(since);
  const touched = new Map<string, { events: number; partitions: Set<string> }>();
  let events = 0;
  await walk(check.log, instance, stretches, (keys, id, offset) => {
    events++;
    const identityHash = hashIdentity(canonicalIdentity({ kind: 'log', ...id, offset }));
    for (const key of keys) {
      expected.set(
        key,
        proofAfter(expected.get(key) ?? nothingApplied, identityHash, [id.topic, id.partition, String(offset)]),
      );
      const entry = touched.get(key) ?? { events: 0, partitions: new Set() };
      entry.events++;
      entry.partitions.add(partitionKey(id));
      touched.set(key, entry);
    }
  });
  const wrong = new Map<string, { readonly expected: ProcessingProof; readonly recorded: ProcessingProof }>();
  const unseen = new Set(expected.keys());
  const compare = (key: string, recorded: ProcessingProof): void => {
    const proof = expected.get(key) ?? nothingApplied;
    const ordered = (touched.get(key)?.partitions.size ?? 0) <= 1;
    if (proof.sum === recorded.sum && proof.events === recorded.events && (!ordered || proof.order === recorded.order))
      return;
    wrong.set(key, { expected: proof, recorded });
  };
  for (const { key, proof } of checkpoint.rows()) {
    unseen.delete(key);
    compare(key, proof);
  }
  for (const key of unseen) compare(key, nothingApplied);
  const candidates = await eventsOfKeys(check.log, instance, stretches, new Set(wrong.keys()));
  return {
    events,
    keys: touched.size,
    orderNotTold: [...touched.values()].filter(({ partitions }) => partitions.size > 1).length,
    differences: [...wrong].map(([key, proofs]) => tellDifference(key, proofs, candidates.get(key) ?? [], touched)),
  };
}

interface CandidateEvent {
  readonly event: PartitionId & { readonly offset: number };
  readonly hash: string;
}

function tellDifference(
  key: string,
  { expected, recorded }: { readonly expected: ProcessingProof; readonly recorded: ProcessingProof },
  candidates: readonly CandidateEvent[],
  touched: ReadonlyMap<string, { readonly events: number }>,
): KeyProcessing {
  const more = recorded.events - expected.events;
  const inStretch = touched.get(key)?.events ?? 0;
  const told = { key, expected: inStretch, recorded: inStretch + more };
  if (more === 0 && expected.sum === recorded.sum) return { ...told, kind: 'reordered', events: null };
  const missed = more < 0;
  const difference = missed ? hashBetween(recorded.sum, expected.sum) : hashBetween(expected.sum, recorded.sum);
  const events = more === 0 ? null : findSum(difference, Math.abs(more), candidates);
  // A number that fits while the events do not: some were missed and others repeated.
  const kind = more === 0 || (events === null && Math.abs(more) <= 2) ? 'mixed' : missed ? 'missed' : 'repeated';
  return { ...told, kind, events: events?.map(({ event }) => event) ?? null };
}

/** The one event, or the two, whose hashes give the difference; null where there are none, or more would be needed. */
function findSum(
  difference: string,
  count: number,
  candidates: readonly CandidateEvent[],
): readonly CandidateEvent[] | null {
  if (count === 1) {
    const found = candidates.find(({ hash }) => hash === difference);
    return found === undefined ? null : [found];
  }
  if (count !== 2) return null;
  const byHash = new Map(candidates.map((candidate) => [candidate.hash, candidate]));
  for (const first of candidates) {
    const second = byHash.get(hashBetween(first.hash, difference));
    if (second !== undefined) return first === second ? [first, first] : [first, second];
  }
  return null;
}

function proofsFrom(since: OpenCheckpoint | undefined): Map<string, ProcessingProof> {
  const proofs = new Map<string, ProcessingProof>();
  if (since !== undefined) for (const { key, proof } of since.rows()) proofs.set(key, proof);
  return proofs;
}

async function eventsOfKeys(
  log: EventLog,
  instance: WorkerInstance,
  stretches: readonly Stretch[],
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly CandidateEvent[]>> {
  const events = new Map<string, CandidateEvent[]>();
  if (wanted.size === 0) return events;
  await walk(log, instance, stretches, (keys, id, offset) => {
    for (const key of keys) {
      if (!wanted.has(key)) continue;
      const list = events.get(key) ?? [];
      list.push({ event: { ...id, offset }, hash: hashIdentity(canonicalIdentity({ kind: 'log', ...id, offset })) });
      events.set(key, list);
    }
  });
  return events;
}

/** A part of the log between two positions, and how its events were called when they were noted. */
interface Stretch {
  readonly noted: PartitionId;
  readonly read: PartitionId & { readonly from: number; readonly to: number };
}

/** @throws RecoveryError `log-gap` */
async function stretchesOf(log: EventLog, from: Position, to: Position): Promise<readonly Stretch[]> {
  const { partitions } = await log.describe();
  const startOf = new Map(from.map((part) => [partitionKey(part), part.next]));
  return to.flatMap((part): Stretch[] => {
    const start = startOf.get(partitionKey(part)) ?? 0;
    if (part.next <= start) return [];
    const held = partitions.find((candidate) => isSamePartition(part, candidate));
    const hole = held?.holes.find((one) => !isHarmlessHole(one.reason) && one.from < part.next && one.to > start);
    if (held === undefined || held.range.from > start || held.range.to < part.next || hole !== undefined) {
      throw new RecoveryError(
        'log-gap',
        `the log does not hold all of ${describePartition(part)}@${start} to ${part.next - 1}`,
        { hint: 'name an earlier checkpoint that is right and from where on the log is whole' },
      );
    }
    const { source, topic, incarnation, partition } = held;
    return [{ noted: part, read: { source, topic, incarnation, partition, from: start, to: part.next } }];
  });
}

/** A worker in a plain loop seldom knows the log's own name. */
function isSamePartition(noted: PartitionId, held: PartitionId): boolean {
  return (
    noted.topic === held.topic &&
    noted.partition === held.partition &&
    (noted.source === '' || noted.source === held.source) &&
    (noted.incarnation === '' || noted.incarnation === held.incarnation)
  );
}

function deduplicates({ name }: Worker): RecoveryError {
  return new RecoveryError('operation-not-allowed', `worker ${name} leaves out events by their business id`, {
    hint: 'its proofs hold what it applied; which repeats it was right to leave out, they do not say',
  });
}

/** All events of the stretches, partition by partition, under the names under which they were noted. */
async function walk(
  log: EventLog,
  instance: WorkerInstance,
  stretches: readonly Stretch[],
  visit: (keys: readonly string[], id: PartitionId, offset: number) => void,
): Promise<void> {
  for (const { noted, read } of stretches) {
    const { source, topic, incarnation, partition } = noted;
    const id = { source, topic, incarnation, partition };
    const reader = log.read(read);
    try {
      for (let page = await reader.next(); page !== null; page = await reader.next()) {
        for (let index = 0; index < page.count; index++) {
          visit(instance.keys(instance.event(page, index, read)), id, page.offsets[index] as number);
        }
      }
    } finally {
      reader.close();
    }
  }
}
