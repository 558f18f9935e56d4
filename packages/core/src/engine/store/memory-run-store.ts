import { RecoveryError } from '../../model/errors/recovery-error.js';
import { outputsPerChunk } from '../digest/output-digest.js';
import { StateDigest } from '../digest/state-digest.js';
import type { Cause } from '../../model/provenance/provenance.js';
import type { QuarantinedEvent } from '../../model/accounts/quarantined-event.js';
import {
  baselineLane,
  type BaselineRow,
  type BaselineSummary,
  type ForcedQuarantine,
  type LaneCommit,
  type LaneHead,
  type LaneNumber,
  type LaneStore,
  type OutputChunk,
  type ProvenanceGroup,
  type RunStore,
  type StoredState,
} from './run-store.js';

interface MemoryLane {
  head: LaneHead | null;
  readonly provenance: (readonly Cause[])[];
  readonly chunks: OutputChunk[];
  readonly blocked: string[];
  recentIds: (string | null)[];
}

/** A run in memory, for proofs and ensembles: as fast as a Map, forkable, gone with the process. */
export interface MemoryRunStore extends RunStore {
  /** An independent copy as of the last commit. Values are shared, since they are never changed in place. */
  fork(): MemoryRunStore;
}

export interface MemoryRunStoreOptions {
  /** True where states are compared, and nobody asks for outputs or for any digest: see `LaneStore`. */
  readonly comparesOnly?: boolean;
}

export function createMemoryRunStore(options: MemoryRunStoreOptions = {}): MemoryRunStore {
  return storeOver(
    { states: new Map(), lanes: new Map(), quarantined: [], forced: [], baseline: null },
    options.comparesOnly ?? false,
  );
}

interface MemoryContent {
  readonly states: Map<string, StoredState>;
  readonly lanes: Map<LaneNumber, MemoryLane>;
  readonly quarantined: QuarantinedEvent[];
  readonly forced: ForcedQuarantine[];
  baseline: BaselineSummary | null;
}

function storeOver(content: MemoryContent, comparesOnly: boolean): MemoryRunStore {
  const { states, lanes, quarantined, forced } = content;
  return {
    baseline: () => content.baseline,
    async writeBaseline(rows) {
      const digest = new StateDigest();
      const fresh = new Map<string, StoredState>();
      for await (const row of rows) {
        refuseRepeatedKey(fresh.has(row.key), row);
        digest.add(row.hash);
        fresh.set(row.key, { text: row.text, provenance: row.part, hash: row.hash, lane: baselineLane });
      }
      for (const [key, state] of fresh) states.set(key, state);
      content.baseline = { keys: fresh.size, digest: digest.toHex() };
      return content.baseline;
    },
    lane: (lane) => laneOver(lane, content, comparesOnly),
    forcedQuarantines: () => forced,
    forceQuarantine: (event) => {
      forced.push(event);
    },
    state: (key) => states.get(key),
    *states() {
      for (const key of [...states.keys()].sort()) yield { key, ...(states.get(key) as StoredState) };
    },
    *texts() {
      for (const key of [...states.keys()].sort()) {
        const { text, provenance, lane } = states.get(key) as StoredState;
        yield { key, text, provenance, lane };
      }
    },
    provenanceGroups: () => groupByProvenance(states.values()),
    chunks: (lane) => lanes.get(lane)?.chunks ?? [],
    quarantined: () => quarantined,
    close: () => undefined,
    fork: () =>
      storeOver(
        {
          states: new Map(states),
          lanes: new Map([...lanes].map(([number, lane]) => [number, copyLane(lane)])),
          quarantined: [...quarantined],
          forced: [...forced],
          baseline: content.baseline,
        },
        comparesOnly,
      ),
  };
}

function groupByProvenance(states: Iterable<StoredState>): readonly ProvenanceGroup[] {
  const groups = new Map<string, { lane: number; provenance: number; keys: number }>();
  for (const { lane, provenance, text } of states) {
    if (text === null) continue;
    const name = `${lane}/${provenance}`;
    const group = groups.get(name) ?? { lane, provenance, keys: 0 };
    group.keys++;
    groups.set(name, group);
  }
  return [...groups.values()];
}

function laneOver(number: LaneNumber, content: MemoryContent, comparesOnly: boolean): LaneStore {
  const lane = content.lanes.get(number) ?? newLane();
  content.lanes.set(number, lane);
  return {
    get head() {
      return lane.head;
    },
    ...(comparesOnly && { comparesOnly: true }),
    provenance: () => lane.provenance,
    openChunk: () => lastOpenChunk(lane),
    blockedKeys: () => lane.blocked,
    recentIds: () => lane.recentIds,
    load: (key) => {
      const stored = content.states.get(key);
      if (stored !== undefined) refuseForeignKey(key, stored.lane, number);
      return stored;
    },
    commit: (commit) => {
      for (const { key } of commit.states) refuseForeignKey(key, content.states.get(key)?.lane ?? baselineLane, number);
      for (const { key, text, provenance, hash } of commit.states) {
        content.states.set(key, { text, provenance, hash, lane: number });
      }
      apply(lane, commit);
      content.quarantined.push(...commit.quarantined);
    },
  };
}

function apply(lane: MemoryLane, commit: LaneCommit): void {
  for (const chunk of commit.chunks) lane.chunks[chunk.number] = chunk;
  for (const { id, causes } of commit.provenance) lane.provenance[id] = causes;
  lane.blocked.push(...commit.blockedKeys);
  if (commit.recentIds !== null) {
    const { first, ids, keepFrom } = commit.recentIds;
    const all = [...lane.recentIds, ...ids];
    lane.recentIds = all.slice(Math.max(0, keepFrom - (first + ids.length - all.length)));
  }
  lane.head = commit.head;
}

function lastOpenChunk(lane: MemoryLane): OutputChunk | null {
  const last = lane.chunks.at(-1);
  return last !== undefined && lane.head !== null && isOpen(lane.head, last) ? last : null;
}

/** A chunk is open while it holds the last outputs and is not full. */
export function isOpen(head: LaneHead, chunk: OutputChunk): boolean {
  return head.outputs % outputsPerChunk !== 0 && chunk.count === head.outputs % outputsPerChunk;
}

function newLane(): MemoryLane {
  return { head: null, provenance: [], chunks: [], blocked: [], recentIds: [] };
}

function copyLane(lane: MemoryLane): MemoryLane {
  return {
    head: lane.head,
    provenance: [...lane.provenance],
    chunks: [...lane.chunks],
    blocked: [...lane.blocked],
    recentIds: [...lane.recentIds],
  };
}

function refuseForeignKey(key: string, owner: LaneNumber, lane: LaneNumber): void {
  if (owner !== baselineLane && owner !== lane) throw foreignKeyError(key);
}

/** A key that a partition-local worker met in a second partition. */
export function foreignKeyError(key: string): RecoveryError {
  return new RecoveryError(
    'key-in-several-partitions',
    `key ${JSON.stringify(key)} has events in more than one partition`,
    {
      hint: "the worker declares locality: 'partition'; leave that out, and the partitions are replayed in one order",
      details: { key },
    },
  );
}

export function refuseRepeatedKey(repeated: boolean, row: BaselineRow): void {
  if (!repeated) return;
  throw new RecoveryError('invalid-snapshot', `the baseline holds key ${JSON.stringify(row.key)} twice`, {
    hint: 'a snapshot holds each key once',
  });
}
