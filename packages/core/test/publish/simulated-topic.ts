import { RecoveryError } from '../../src/model/errors/recovery-error.js';
import { RecordColumns } from '../../src/sources/kafka/batches/record-columns.js';
import { decodeRecords } from '../../src/sources/kafka/batches/decode-records.js';
import { recordBatches } from '../../src/sources/kafka/batches/record-batch.js';
import type { WrittenBatch } from '../../src/sources/kafka/batches/batch-writer.js';
import { PassingFailure } from '../../src/sources/kafka/cluster/patience.js';
import {
  FencedSession,
  type OutputPartition,
  type PublishingSession,
} from '../../src/sources/kafka/publish/output-topic.js';

/** A process of the simulation died. */
export class Crash extends Error {}

/** Random numbers that a seed gives again (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Fate = 'open' | 'committed' | 'aborted';

interface LogEntry {
  readonly offset: number;
  readonly count: number;
  /** Null for the marker of a transaction. */
  readonly batch: Buffer | null;
  /** -1 for a producer without transactions. */
  readonly producer: number;
  fate: Fate;
  /** What the leader knew of the producer before. */
  readonly before?: { readonly leaderEpoch: number; readonly nextSequence: number };
}

/** How often what goes wrong. Every value is a probability for each request. */
export interface Faults {
  readonly lostRequest: number;
  readonly lostAnswer: number;
  /** Told as lost, and applied at some later time. */
  readonly delayed: number;
  readonly crash: number;
  /** For each step: the broker ends a transaction that is open. */
  readonly timeout: number;
  /** For each look at the end: who answers was replaced as leader some time ago, and does not know it. */
  readonly behind: number;
  /** For each end of a transaction: the coordinator takes its marker for written, and it is not. */
  readonly forgottenMarker: number;
  /** For each session: between its look and what it sends the leader is replaced by one without the last transaction. */
  readonly lostTail: number;
}

/** A wrong version of the adapter or of the protocol. */
export type Mutant =
  | 'no-fence'
  | 'no-scan'
  | 'reused-producer'
  | 'subtracted-offsets'
  | 'abort-on-failure'
  /** Waits for what is open behind its fence, and ends nothing. */
  | 'leftovers-stay'
  /** Takes what it sends to stand where the topic ended when it looked. */
  | 'unseen-places'
  /** Looks for what is newer from the end that the topic has when all is sealed, not from the end up to which it was compared. */
  | 'no-recorded-end';

/** Whoever sees where a batch came to stand does no harm with a producer used again, or an abort: what is late stands in front. */
const unseen: ReadonlySet<Mutant> = new Set(['unseen-places', 'reused-producer', 'abort-on-failure']);

/** What coordinator and leader know of one producer. */
interface Producer {
  readonly id: number;
  epoch: number;
  ongoing: boolean;
  leaderEpoch: number;
  nextSequence: number;
}

/**
 * One partition and the coordinator of its transactions, as a broker without the later checks of KIP-890 has them: the
 * leader takes a batch by its epoch and sequence alone. Requests may be lost, answered late or never, or come into effect
 * long after their sender gave up.
 */
export class SimulatedTopic {
  readonly log: LogEntry[] = [];
  /** The batches of the outbox, for a mutant. */
  rows: readonly Buffer[] = [];
  readonly #random: () => number;
  readonly #faults: Faults;
  readonly #mutant: Mutant | null;
  readonly #late: (() => void)[] = [];
  readonly #start: number;
  #end: number;
  /** One for all sessions, since they share a transactional id; the mutant without a fence has one a session. */
  readonly #producers: Producer[] = [];
  /** Steps of the simulation. */
  steps = 0;
  calm = false;

  constructor(options: {
    readonly random: () => number;
    readonly faults: Faults;
    readonly mutant: Mutant | null;
    readonly start: number;
  }) {
    this.#random = options.random;
    this.#faults = options.faults;
    this.#mutant = options.mutant;
    this.#start = options.start;
    this.#end = options.start;
  }

  get end(): number {
    return this.#end;
  }

  /** Another producer's record; `open` where its transaction is not decided yet. */
  appendForeign(batch: WrittenBatch, producer: number, fate: Fate): LogEntry {
    return this.#append(batch.bytes, batch.count, producer, fate);
  }

  decide(entry: LogEntry, fate: Fate): void {
    entry.fate = fate;
    this.#append(null, 1, entry.producer, 'committed');
  }

  get stable(): number {
    return this.log.find(({ fate }) => fate === 'open')?.offset ?? this.#end;
  }

  /** Records that a consumer sees. */
  visible(committed: boolean, from = 0, to = Infinity): RecordColumns {
    const columns = new RecordColumns();
    for (const { batch, fate, offset } of this.log) {
      if (batch === null || (committed && fate !== 'committed')) continue;
      const placed = Buffer.from(batch);
      placed.writeBigInt64BE(BigInt(offset), 0);
      for (const each of recordBatches(placed)) decodeRecords(each, columns, from, to);
    }
    return columns;
  }

  /** Lets time pass: what was late may come, and what was open too long is ended. */
  step(): void {
    this.steps++;
    if (this.calm) return;
    if (this.#late.length > 0 && this.#random() < 0.2) {
      const [apply] = this.#late.splice(Math.floor(this.#random() * this.#late.length), 1);
      try {
        apply?.();
      } catch {
        // whoever sent it is gone
      }
    }
    for (const producer of this.#producers) {
      if (producer.ongoing && this.#random() < this.#faults.timeout) this.#fence(producer);
    }
  }

  /** Everything that is under way comes, or is lost. */
  settle(): void {
    for (const apply of this.#late.splice(0)) {
      try {
        apply();
      } catch {
        // whoever sent it is gone
      }
    }
  }

  /** The partition as one process sees it. `tick` hands over to others between two requests. */
  partition(tick: () => Promise<void>): OutputPartition {
    return SimulatedTopic.#partitionOf(this, tick);
  }

  static #partitionOf(topic: SimulatedTopic, tick: () => Promise<void>): OutputPartition {
    let kept: PublishingSession | null = null;
    /** Where the topic ended when it was looked at. */
    let shown = 0;

    async function request<Answer>(apply: () => Answer): Promise<Answer> {
      await tick();
      const chance = topic.calm ? 1 : topic.#random();
      const { lostRequest, lostAnswer, delayed, crash } = topic.#faults;
      if (chance < crash) {
        const fate = topic.#random();
        if (fate < 0.5) quietly(apply);
        else if (fate < 0.75) topic.#late.push(apply);
        throw new Crash('killed');
      }
      if (chance < crash + lostRequest) throw new PassingFailure('lost');
      if (chance < crash + lostRequest + delayed) {
        topic.#late.push(apply);
        throw new PassingFailure('late');
      }
      if (chance < crash + lostRequest + delayed + lostAnswer) {
        quietly(apply);
        throw new PassingFailure('no answer');
      }
      try {
        return apply();
      } catch (error) {
        // Even who uses a producer again after an error cannot use one that was fenced.
        if (error instanceof FencedSession) kept = null;
        throw error;
      }
    }

    return {
      async fence() {
        if (topic.#mutant === 'reused-producer' && kept !== null) return kept;
        const { producer, epoch } = await request(() => topic.#initialise());
        let sequence = 0;
        let open = false;
        const session: PublishingSession = {
          async send(batches) {
            if (!open) await request(() => topic.#add(producer, epoch));
            open = true;
            let from = Infinity;
            let to = 0;
            const before = sequence;
            try {
              for (const { bytes, count } of batches) {
                const first = sequence;
                sequence += count;
                const offset = await request(() => {
                  if (first === 0) topic.#mayLoseTail(producer);
                  return topic.#produce(producer, epoch, first, bytes, count);
                });
                if (offset < 0) throw new PassingFailure('a repetition');
                from = Math.min(from, offset);
                to = Math.max(to, offset + count);
              }
            } catch (error) {
              // As kafkajs does, which gives the numbers of what failed to what comes next.
              if (topic.#mutant === 'reused-producer') sequence = before;
              throw error;
            }
            if (topic.#mutant === null || !unseen.has(topic.#mutant)) return { from, to };
            const believed = { from: shown, to: shown + to - from };
            shown = believed.to + 1;
            return believed;
          },
          async commit() {
            await request(() => topic.#endTransaction(producer, epoch, 'committed'));
            open = false;
          },
          async abort() {
            if (!open && topic.#mutant === 'leftovers-stay') return;
            if (!open) await request(() => topic.#add(producer, epoch));
            open = true;
            await request(() => topic.#endTransaction(producer, epoch, 'aborted'));
            open = false;
          },
          async discard() {
            if (topic.#mutant !== 'abort-on-failure' || !open) return;
            await request(() => topic.#endTransaction(producer, epoch, 'aborted')).catch(() => undefined);
          },
        };
        kept = session;
        return session;
      },
      async isHeldBack() {
        await tick();
        return topic.stable < topic.#end;
      },
      async stableEnd() {
        await tick();
        const high = topic.#end;
        for (let waits = 0; topic.stable < high; waits++) {
          if (waits > 200) throw new RecoveryError('open-transaction', 'a transaction stays open');
          await tick();
        }
        return (shown = topic.#mayBeBehind(high));
      },
      read({ from, to, committed }) {
        const isBlind = topic.#mutant === 'no-scan' && committed && from === topic.#start;
        let columns = isBlind ? new RecordColumns() : topic.visible(committed, from, to);
        if (topic.#mutant === 'subtracted-offsets' && committed) columns = topic.#asManyRows(to - from);
        let given = columns.length === 0;
        return {
          next() {
            if (given) return null;
            given = true;
            return columns;
          },
          close: () => undefined,
        };
      },
    };
  }

  /** As if every offset were a row: what a publisher believes that counts by subtracting offsets. */
  #asManyRows(count: number): RecordColumns {
    const columns = new RecordColumns();
    for (const batch of this.rows) for (const each of recordBatches(batch)) decodeRecords(each, columns);
    columns.truncate(Math.min(count, columns.length));
    return columns;
  }

  /** The end as a leader tells it that was replaced before the last transactions. */
  #mayBeBehind(high: number): number {
    if (this.calm || this.#random() >= this.#faults.behind) return high;
    const earlier = this.log.filter(({ batch, offset }) => batch === null && offset < high - 1);
    return (earlier.at(-1 - Math.floor(this.#random() * 2))?.offset ?? high - 1) + 1;
  }

  /** The last transaction of a producer is gone, with what the leader knew of it. */
  #mayLoseTail(producer: Producer): void {
    if (this.calm || this.#random() >= this.#faults.lostTail) return;
    const isLast = (at: number): boolean => this.log.at(at)?.producer === producer.id;
    if (!isLast(-1) || this.log.at(-1)?.batch !== null) return;
    do {
      const { before, offset } = this.log.pop() as LogEntry;
      this.#end = offset;
      if (before !== undefined) Object.assign(producer, before);
    } while (isLast(-1) && this.log.at(-1)?.batch !== null);
  }

  #append(batch: Buffer | null, count: number, producer: number, fate: Fate, before?: LogEntry['before']): LogEntry {
    const entry: LogEntry = {
      offset: this.#end,
      count,
      batch,
      producer,
      fate,
      ...(before !== undefined && { before }),
    };
    this.log.push(entry);
    this.#end += count;
    return entry;
  }

  #initialise(): { readonly producer: Producer; readonly epoch: number } {
    let [producer] = this.#producers;
    if (producer === undefined || this.#mutant === 'no-fence') {
      const id = this.#producers.length;
      producer = { id, epoch: -1, ongoing: false, leaderEpoch: -1, nextSequence: 0 };
      this.#producers.push(producer);
    }
    return { producer, epoch: this.#fence(producer) };
  }

  #fence(producer: Producer): number {
    producer.epoch++;
    if (producer.ongoing) this.#mark(producer, producer.epoch, 'aborted');
    return producer.epoch;
  }

  #add(producer: Producer, epoch: number): void {
    if (epoch !== producer.epoch) throw new FencedSession();
    producer.ongoing = true;
  }

  #produce(producer: Producer, epoch: number, sequence: number, batch: Buffer, count: number): number {
    if (epoch < producer.leaderEpoch) throw new FencedSession();
    const { leaderEpoch, nextSequence } = producer;
    if (epoch > producer.leaderEpoch) {
      producer.leaderEpoch = epoch;
      producer.nextSequence = 0;
    }
    if (sequence < producer.nextSequence) return -1;
    if (sequence > producer.nextSequence) throw new PassingFailure('out of order');
    producer.nextSequence = sequence + count;
    return this.#append(batch, count, producer.id, 'open', { leaderEpoch, nextSequence }).offset;
  }

  #endTransaction(producer: Producer, epoch: number, fate: Fate): void {
    if (epoch !== producer.epoch) throw new FencedSession();
    if (!producer.ongoing) throw new PassingFailure('no transaction');
    if (!this.calm && this.#random() < this.#faults.forgottenMarker) producer.ongoing = false;
    else this.#mark(producer, epoch, fate);
  }

  /** The marker ends everything of the producer that is open, and carries its epoch. */
  #mark(producer: Producer, epoch: number, fate: Fate): void {
    producer.ongoing = false;
    for (const entry of this.log) if (entry.producer === producer.id && entry.fate === 'open') entry.fate = fate;
    if (epoch > producer.leaderEpoch) {
      producer.leaderEpoch = epoch;
      producer.nextSequence = 0;
    }
    this.#append(null, 1, producer.id, 'committed');
  }
}

function quietly(apply: () => unknown): void {
  try {
    apply();
  } catch {
    // the answer is lost too
  }
}
