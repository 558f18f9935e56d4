import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { RecoveryError, isRecoveryError, type PartitionId } from '@eventmend/core';
import { describePartition } from '@eventmend/core/engine';
import { identifyTopics, pageOfMessages, type IdentifiedTopics } from '@eventmend/core/kafka';
import { heldKey } from '../live/held-partitions.js';
import type { Checkpointer, UnsentOutput } from '../live/checkpointer.js';
import { OutputSender } from './output-sender.js';

/** A consumer of kafkajs that is connected and subscribed, and what belongs to it. */
export interface ConsumerToRun {
  readonly kafka: Kafka;
  readonly consumer: Consumer;
  /** The topics that it is subscribed to. */
  readonly topics: readonly string[];
  /**
   * Sends outputs, in their order; they are forgotten when it has resolved. After a crash between the two they are sent
   * again, with the same ids. Without it they stay in the store, see `unsent`.
   */
  readonly send?: (outputs: readonly UnsentOutput[]) => Promise<void>;
  /**
   * What to do where the log no longer holds the next event, or the group begins behind it: `stop`, the default, is an error
   * that names the offsets; `go-on` applies what is there.
   */
  readonly onGap?: 'stop' | 'go-on';
  /** How many events are committed together at most; 1,000 by default. Between two of them the group hears a heartbeat. */
  readonly batchEvents?: number;
}

const defaultBatchEvents = 1000;

/**
 * Runs a consumer of kafkajs into a checkpointer. The position of the store rules: wherever the group thinks that it is, each
 * partition goes on behind the last event that was committed with its states. At every join the partitions are taken over,
 * so that a process that was thrown out of the group and does not know it can commit nothing any more. The offsets of the
 * group are committed afterwards, to be looked at.
 * @throws RecoveryError `kafka-topic-not-found`, `kafka-incompatible` for brokers before Kafka 3.1
 */
export async function runConsumer(checkpointer: Checkpointer, running: ConsumerToRun): Promise<void> {
  const { kafka, consumer, topics } = running;
  const identified = await identifyTopics(kafka, topics);
  const beginnings = await beginningsOf(kafka, topics);
  const handler = new BatchHandler(checkpointer, running, identified, beginnings);
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => handler.join(payload.memberAssignment));
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 1,
    eachBatch: (payload) => handler.handle(payload),
  });
}

/** The first offset of each partition, by `heldKey`. */
type Beginnings = ReadonlyMap<string, number>;

async function beginningsOf(kafka: Kafka, topics: readonly string[]): Promise<Beginnings> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const beginnings = new Map<string, number>();
    for (const topic of topics)
      for (const { partition, low } of await admin.fetchTopicOffsets(topic))
        beginnings.set(heldKey({ topic, partition }), Number(low));
    return beginnings;
  } finally {
    await admin.disconnect();
  }
}

class BatchHandler {
  readonly #checkpointer: Checkpointer;
  readonly #running: ConsumerToRun;
  readonly #identified: IdentifiedTopics;
  readonly #beginnings: Beginnings;
  readonly #sender: OutputSender;
  /** Up to where the consumer has been through each partition, by `heldKey`. */
  readonly #seen = new Map<string, number>();
  /** What went wrong while the group was joined: nothing can be thrown there. */
  #failure: Error | null = null;

  constructor(
    checkpointer: Checkpointer,
    running: ConsumerToRun,
    identified: IdentifiedTopics,
    beginnings: Beginnings,
  ) {
    this.#checkpointer = checkpointer;
    this.#running = running;
    this.#identified = identified;
    this.#beginnings = beginnings;
    this.#sender = new OutputSender(checkpointer, running.send ?? null);
  }

  /** Takes the partitions over and begins behind their positions. */
  join(assignment: Readonly<Record<string, readonly number[]>>): void {
    this.#seen.clear();
    try {
      const ids = Object.entries(assignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => {
          // One of which nothing was applied yet begins where its log does.
          const begin = this.#beginnings.get(heldKey({ topic, partition })) ?? 0;
          return { ...this.#idOf(topic, partition), begin };
        }),
      );
      for (const { topic, partition, next } of this.#checkpointer.takeOver(ids)) {
        this.#seen.set(heldKey({ topic, partition }), next);
        this.#running.consumer.seek({ topic, partition, offset: String(next) });
      }
      this.#failure = null;
      // What cannot be sent now goes out with the next batch, which then throws.
      this.#sender.send(ids).catch(() => undefined);
      // A process that died between its commit and telling the group left the group behind, and where no event follows
      // nothing else would bring it up. kafkajs takes offsets only after this listener has returned.
      setImmediate(() => void this.#tellGroup(ids));
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  async handle({ batch, heartbeat, isRunning, isStale, resolveOffset }: EachBatchPayload): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const { topic, partition, messages } = batch;
    const id = this.#idOf(topic, partition);
    const key = heldKey(id);
    const expected = this.#seen.get(key);
    if (expected === undefined) return; // of an assignment that is over
    // kafkajs has it, and its types do not.
    const fetched = Number((batch as typeof batch & { readonly fetchedOffset: string }).fetchedOffset);
    if (fetched < expected) return this.#refuseShorterLog(id, expected, Number(batch.highWatermark));
    if (fetched > expected) await this.#refuseLoss(id, expected, fetched);
    const size = this.#running.batchEvents ?? defaultBatchEvents;
    for (let from = 0; from < messages.length; from += size) {
      if (!isRunning() || isStale()) return;
      const part = messages.slice(from, from + size);
      try {
        await this.#checkpointer.applyPage(id, pageOfMessages(part));
      } catch (error) {
        // Another member has the partition; the group tells this one with its next heartbeat.
        if (isRecoveryError(error) && error.code === 'fenced-by-another-process') return;
        throw error;
      }
      const last = part.at(-1);
      if (last !== undefined) {
        this.#seen.set(key, Number(last.offset) + 1);
        resolveOffset(last.offset);
      }
      await this.#sender.send([id]);
      await heartbeat();
    }
    this.#seen.set(key, Number(batch.lastOffset()) + 1);
    resolveOffset(batch.lastOffset());
    await this.#tellGroup([id]);
  }

  #idOf(topic: string, partition: number): PartitionId {
    const { clusterId, topicIds } = this.#identified;
    return { source: clusterId, topic, incarnation: topicIds.get(topic) ?? '', partition };
  }

  /**
   * What was fetched before the seek comes again. A log that ends in front of the position is not the one that was applied.
   * @throws RecoveryError `log-changed`
   */
  #refuseShorterLog(id: PartitionId, expected: number, end: number): void {
    const { topic, partition } = id;
    if (end >= expected) {
      this.#running.consumer.seek({ topic, partition, offset: String(expected) });
      return;
    }
    throw new RecoveryError(
      'log-changed',
      `${describePartition(id)} ends at ${end}, and was applied up to ${expected}: it was cut, or is another log`,
      { hint: 'begin in another folder, from a checkpoint that this log reaches', details: { topic, partition } },
    );
  }

  /**
   * Between two fetches offsets may be left out that hold no event for this consumer; where the log begins behind the next
   * event, events are gone.
   * @throws RecoveryError `gap-during-read`
   */
  async #refuseLoss(id: PartitionId, expected: number, fetched: number): Promise<void> {
    const admin = this.#running.kafka.admin();
    await admin.connect();
    let low: number;
    try {
      const offsets = await admin.fetchTopicOffsets(id.topic);
      low = Number(offsets.find(({ partition }) => partition === id.partition)?.low ?? 0);
    } finally {
      await admin.disconnect();
    }
    if (low <= expected || this.#running.onGap === 'go-on') return;
    throw new RecoveryError(
      'gap-during-read',
      `the log no longer holds ${describePartition(id)}@${expected} to ${Math.min(low, fetched) - 1}, which were not applied`,
      {
        hint: "recover the state from a checkpoint and an archive; or go on without those events: onGap: 'go-on'",
        details: { topic: id.topic, partition: id.partition, from: String(expected), to: String(low) },
      },
    );
  }

  /** The lag of the group can then be watched; the position in the store is what counts. */
  async #tellGroup(ids: readonly PartitionId[]): Promise<void> {
    const offsets = ids.flatMap(({ topic, partition }) => {
      const next = this.#seen.get(heldKey({ topic, partition }));
      return next === undefined ? [] : [{ topic, partition, offset: String(next) }];
    });
    await this.#running.consumer.commitOffsets(offsets).catch(() => undefined);
  }
}
