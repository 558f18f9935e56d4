import type { PartitionId } from '../../model/log/partition-id.js';
import { isDoubtful, isLoss, lossOfAnyKey, type Cause } from '../../model/provenance/provenance.js';
import type { QuarantinedEvent } from '../../model/accounts/quarantined-event.js';
import type { Gap, PartitionLedger } from '../accounts/partition-ledger.js';
import { StateDigest, hashStateText } from '../digest/state-digest.js';
import { newFlagCounts, type FlagCounts } from '../order/assign-order.js';
import type { SegmentOrigin } from '../spec/replay-spec.js';
import { ProvenanceSets, type ProvenanceId } from '../provenance/provenance-sets.js';
import type { LaneHead, LaneNumber, LaneStore, StateWrite } from '../store/run-store.js';
import { DeduplicationWindow } from './deduplication-window.js';
import { OutputJournal } from './output-journal.js';
import { StateCache, type StateEntry } from './state-cache.js';

/** Where a partition stands behind the last event that was booked, as the order goes. */
export interface OrderStanding {
  readonly id: PartitionId;
  readonly watermark: number;
  readonly lastClock: number;
}

export interface LaneLedgerOptions {
  readonly lane: LaneNumber;
  readonly store: LaneStore;
  /** One a cursor of the path: the cursors themselves, unless they are ahead of the books. */
  readonly standings: readonly OrderStanding[];
  /** One a cursor of the path. */
  readonly ledgers: readonly PartitionLedger[];
  readonly baselineCauses: readonly Cause[];
  readonly segmentOrigins: readonly SegmentOrigin[];
  /** Number of the baseline part that answers for a key which no part has a state for. */
  readonly partOf: (key: string) => number;
  /** No other lane may name the same keys. */
  readonly ownsKeys: boolean;
  readonly cachedStates: number;
  readonly deduplicationWindow: number | null;
}

/**
 * All that a lane commits: states, books, provenance, outputs, the parked events and the window of the deduplication.
 * Restored from the last commit, changed by the runner event by event, written in one transaction.
 */
export class LaneLedger {
  readonly ledgers: readonly PartitionLedger[];
  readonly cache: StateCache;
  readonly journal: OutputJournal;
  readonly window: DeduplicationWindow | null;
  readonly sets: ProvenanceSets;
  /** By segment of the plan. */
  readonly segmentSets: readonly ProvenanceId[];
  readonly orderFlags: FlagCounts;
  readonly blocked: Set<string>;
  quarantinedCount: number;

  readonly #lane: LaneNumber;
  readonly #store: LaneStore;
  readonly #standings: readonly OrderStanding[];
  readonly #noCause: ProvenanceId;
  /** By segment of the plan: the log that it is read from. */
  readonly #logs: readonly number[];
  readonly #delta: StateDigest;
  readonly #hashOf: typeof hashStateText;
  #floor: ProvenanceId;
  /** Null as long as no fact has set a state. */
  #floors: ProvenanceId[] | null;
  /** By set: with what any key may have lost since a fact. */
  readonly #whole = new Map<ProvenanceId, ProvenanceId>();
  /** By set: those of its causes with which no value is exact. */
  readonly #doubtful: ProvenanceId[] = [];
  #keysDelta: number;
  #seq: number;
  #negativeZeros: number;
  #quarantined: QuarantinedEvent[] = [];
  #newlyBlocked: string[] = [];

  constructor(options: LaneLedgerOptions) {
    const { store } = options;
    const head = store.head;
    this.#lane = options.lane;
    this.#store = store;
    this.#standings = options.standings;
    this.ledgers = options.ledgers;
    this.sets = ProvenanceSets.restore(store.provenance());
    // Interned first, so that the number of a baseline part is the number of its set in every lane.
    for (const cause of options.baselineCauses) this.sets.intern([cause]);
    this.#noCause = this.sets.intern([]);
    this.#logs = options.segmentOrigins.map(({ log }) => log);
    this.segmentSets = options.segmentOrigins.map((origin) => this.sets.intern([{ kind: 'range', ...origin }]));
    const claimFor = options.ownsKeys ? options.lane : null;
    this.cache = new StateCache(options.cachedStates, (key) => store.load(key), options.partOf, claimFor);
    this.journal = new OutputJournal(head?.outputs, head?.outputChain, store.openChunk(), store.comparesOnly === true);
    this.window =
      options.deduplicationWindow === null
        ? null
        : new DeduplicationWindow(options.deduplicationWindow, head?.deduplicated ?? 0, store.recentIds());
    this.orderFlags = newFlagCounts();
    head?.orderFlags.forEach((count, flag) => (this.orderFlags[flag] = count));
    this.blocked = new Set(store.blockedKeys());
    this.#delta = StateDigest.fromHex(head?.stateDelta ?? '0'.repeat(64));
    this.#hashOf = store.comparesOnly === true ? hashNothing : hashStateText;
    this.#keysDelta = head?.keysDelta ?? 0;
    this.#floor = head?.floor ?? this.#noCause;
    this.#floors = head?.floors === undefined ? null : [...head.floors];
    this.#seq = head?.seq ?? 0;
    this.quarantinedCount = head?.quarantined ?? 0;
    this.#negativeZeros = head?.negativeZeros ?? 0;
  }

  /** What every value written under a segment depends on: its range, and the holes that any key may suffer from. */
  causesOfSegment(segment: number): ProvenanceId {
    const range = this.segmentSets[segment] as ProvenanceId;
    return this.#floor === this.#noCause || this.#floors !== null ? range : this.sets.join(range, this.#floor);
  }

  /** What a value gives to those that are made of it: once facts have set states, what it lost is not what all have lost. */
  carriedBy({ provenance }: StateEntry): ProvenanceId {
    return this.#floors === null ? provenance : this.wholeOf(provenance);
  }

  /** Marks all keys of the lane, touched or not: nobody knows which keys the lost events named. */
  markAll(cause: Cause): void {
    const mark = this.sets.intern([cause]);
    this.#floor = this.sets.join(this.#floor, mark);
    if (this.#floors === null) return;
    this.#floors.push(this.sets.join(this.#floors.pop() ?? this.#noCause, mark));
    this.#whole.clear();
  }

  /** All of the state of a key was set by a fact of a segment: nothing in front of that reaches it any more. */
  reset(entry: StateEntry, segment: number): void {
    this.#floors ??= [this.#floor];
    if (this.#floors.at(-1) !== this.#noCause) {
      this.#floors.push(this.#noCause);
      this.#whole.clear();
    }
    const log = this.#logs[segment] ?? -1;
    entry.provenance = this.sets.intern([{ kind: 'fact', log, since: this.#floors.length - 1 }]);
  }

  /** What a value rests on, with what any key of the lane may have lost. */
  wholeOf(provenance: ProvenanceId): ProvenanceId {
    if (this.#floors === null) return this.sets.join(provenance, this.#floor);
    let whole = this.#whole.get(provenance);
    if (whole === undefined) {
      const own = this.sets.causes(provenance);
      const stretches = this.#floors.map((floor) => this.sets.causes(floor));
      whole = this.sets.join(provenance, this.sets.intern(lossOfAnyKey(own, stretches)));
      this.#whole.set(provenance, whole);
    }
    return whole;
  }

  /** Something that may have belonged to the value is lost, as far as the lane has come. */
  isReached({ provenance }: StateEntry): boolean {
    return this.sets.causes(this.wholeOf(provenance)).some(isLoss);
  }

  /** Values join what makes others less than exact, of all that those rest on. */
  doubt(entries: readonly StateEntry[], provenance: ProvenanceId): void {
    const doubtful = this.#doubtfulOf(provenance);
    if (doubtful === this.#noCause) return;
    for (const entry of entries) {
      if (this.sets.join(entry.provenance, doubtful) === entry.provenance) continue;
      entry.provenance = this.sets.join(this.carriedBy(entry), doubtful);
      if (!entry.dirty) this.cache.markDirty(entry);
    }
  }

  #doubtfulOf(provenance: ProvenanceId): ProvenanceId {
    let doubtful = this.#doubtful[provenance];
    if (doubtful === undefined) {
      doubtful = this.sets.intern(this.sets.causes(provenance).filter(isDoubtful));
      this.#doubtful[provenance] = doubtful;
    }
    return doubtful;
  }

  mark(entries: readonly StateEntry[], cause: Cause): void {
    const mark = this.sets.intern([cause]);
    for (const entry of entries) {
      entry.provenance = this.sets.join(entry.provenance, mark);
      this.cache.markDirty(entry);
    }
  }

  markHole(gap: Gap): void {
    // One cause a partition and reason: one a hole would make the sets grow with the number of holes.
    const { topic, partition } = gap.id;
    this.markAll({ kind: 'hole', topic, partition, reason: gap.reason });
  }

  quarantine(parked: QuarantinedEvent): void {
    this.#quarantined.push(parked);
    this.quarantinedCount++;
  }

  block(key: string): void {
    if (this.blocked.has(key)) return;
    this.blocked.add(key);
    this.#newlyBlocked.push(key);
  }

  /** Writes everything since the last commit in one transaction. */
  commit(negativeZeros: number, done: boolean): void {
    const states = this.cache.takeDirty().map((entry) => this.#write(entry));
    const chunks = this.journal.take();
    const recentIds = this.window?.take() ?? null;
    const provenance = this.sets.takeNew();
    const head = this.#head(this.#negativeZeros + negativeZeros, done);
    this.#store.commit({
      head,
      states,
      chunks,
      provenance,
      quarantined: this.#quarantined,
      blockedKeys: this.#newlyBlocked,
      recentIds,
    });
    this.#quarantined = [];
    this.#newlyBlocked = [];
    this.cache.forget();
  }

  #write(entry: StateEntry): StateWrite {
    const write = hashWrite(entry, this.#hashOf);
    this.cache.weigh(entry, write.text);
    if (this.#hashOf === hashNothing) {
      this.#keysDelta += Number(write.hash !== '') - Number(entry.hash !== '');
      entry.hash = write.hash;
    } else if (write.hash !== entry.hash) {
      if (entry.hash !== '') this.#delta.subtract(entry.hash);
      if (write.hash !== '') this.#delta.add(write.hash);
      this.#keysDelta += Number(write.hash !== '') - Number(entry.hash !== '');
      entry.hash = write.hash;
    }
    return write;
  }

  #head(negativeZeros: number, done: boolean): LaneHead {
    return {
      lane: this.#lane,
      seq: ++this.#seq,
      partitions: this.#standings.map(({ id, watermark, lastClock }, place) => ({
        ...id,
        ...(this.ledgers[place] as PartitionLedger).state(),
        order: { watermark, clock: lastClock },
      })),
      orderFlags: [...this.orderFlags],
      stateDelta: this.#delta.toHex(),
      keysDelta: this.#keysDelta,
      outputs: this.journal.count,
      outputChain: this.journal.chain,
      floor: this.#floor,
      ...(this.#floors !== null && { floors: [...this.#floors] }),
      quarantined: this.quarantinedCount,
      negativeZeros,
      deduplicated: this.window?.entered ?? 0,
      done,
    };
  }
}

/** Stands for the hash of a state where nobody asks for one: only that there is a state shows. */
function hashNothing(): string {
  return 'not hashed';
}

/** What a commit writes of one state: its text in the order of its own fields, its hash over the sorted ones. */
function hashWrite(entry: StateEntry, hashOf: typeof hashStateText): StateWrite {
  const { key, state, provenance } = entry;
  if (state === undefined) return { key, text: null, provenance, hash: '' };
  const text = JSON.stringify(state);
  return { key, text, provenance, hash: hashOf(key, state, text) };
}
