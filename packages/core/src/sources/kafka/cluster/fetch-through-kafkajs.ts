import { compressionCodecs, decompress } from '../batches/decompress.js';
import { addMessage } from '../kafkajs/add-message.js';
import type { FetchedBatch, FetchedPartition, PartitionFetch } from './fetched-partition.js';
import { outOfRange } from './kafka-failures.js';
import { PassingFailure } from './patience.js';
import { loadDriver } from '../../drivers/load-driver.js';
import type { KafkajsBroker, KafkajsMessage } from '../kafkajs/kafkajs-types.js';

/**
 * A fetch through kafkajs' own request and decoder: for brokers from before Kafka 3.1, and to hold our own decoder against.
 * Checksums are not looked at, batches without records are not seen, and a topic that was made anew under its name is only
 * noticed by whoever compares its id.
 */
export async function fetchThroughKafkajs(
  broker: KafkajsBroker,
  request: PartitionFetch,
  rangeOf: () => Promise<{ readonly from: number; readonly to: number } | null>,
): Promise<FetchedPartition> {
  teachCodecs();
  const { topic, partition, offset, readCommitted, maxBytes, maxWaitMs } = request;
  const answer = await broker
    .fetch({
      isolationLevel: readCommitted ? 1 : 0,
      maxWaitTime: maxWaitMs,
      minBytes: 1,
      maxBytes,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes }] }],
    })
    .catch(async (error: unknown) => {
      if ((error as { readonly type?: unknown }).type !== 'OFFSET_OUT_OF_RANGE') throw error;
      throw outOfRange(request, offset, await rangeOf());
    });
  const found = answer.responses[0]?.partitions[0];
  // Above its quota a client is answered nothing, which says nothing of the log.
  if (found === undefined) throw new PassingFailure('the broker answered nothing');
  const highWatermark = Number(found.highWatermark);
  return {
    highWatermark,
    lastStableOffset: Number(found.lastStableOffset ?? highWatermark),
    logStartOffset: Number(found.lastStartOffset ?? -1),
    aborted: (found.abortedTransactions ?? []).map(({ producerId, firstOffset }) => ({
      producerId: Number(producerId),
      firstOffset: Number(firstOffset),
    })),
    recordBytes: 0,
    batches: groupByBatch(found.messages).map(batchOf),
  };
}

/** kafkajs gives all messages in one list; those of a batch share one context. */
function groupByBatch(
  messages: readonly KafkajsMessage[],
): readonly (readonly [KafkajsMessage, ...KafkajsMessage[]])[] {
  const batches: [KafkajsMessage, ...KafkajsMessage[]][] = [];
  for (const message of messages) {
    const last = batches.at(-1);
    if (last?.[0].batchContext === message.batchContext) last.push(message);
    else batches.push([message]);
  }
  return batches;
}

function batchOf(messages: readonly [KafkajsMessage, ...KafkajsMessage[]]): FetchedBatch {
  const [first] = messages;
  const { firstOffset, lastOffsetDelta, inTransaction, isControlBatch, producerId, maxTimestamp, timestampType } =
    first.batchContext;
  const append = timestampType === 1;
  const baseOffset = Number(firstOffset);
  return {
    baseOffset,
    lastOffset: baseOffset + lastOffsetDelta,
    transactional: inTransaction,
    control: isControlBatch,
    producerId: Number(producerId),
    maxTimestamp: Number(maxTimestamp),
    decode(columns, from, to) {
      for (const message of messages) {
        const offset = Number(message.offset);
        if (offset < from || offset >= to) continue;
        const time = Number(append ? maxTimestamp : message.timestamp);
        addMessage(columns, message, { offset, time, timeType: append ? 'append' : 'create' });
      }
    },
    // Version, then type: 0 for a transaction that was undone.
    endsAborted: () => isControlBatch && first.key?.readInt16BE(2) === 0,
  };
}

let taught = false;

/** kafkajs knows gzip alone, and takes the others from whoever has them. */
function teachCodecs(): void {
  if (taught) return;
  taught = true;
  const CompressionCodecs: Record<number, () => unknown> = loadDriver('kafkajs', 'Kafka').CompressionCodecs;
  compressionCodecs.forEach((name, codec) => {
    if (codec === 0 || isTaught(CompressionCodecs[codec])) return;
    CompressionCodecs[codec] = () => ({
      compress: () => Promise.reject(new Error('Eventmend writes nothing to Kafka')),
      decompress: async (packed: Buffer) => decompress(name, packed),
    });
  });
}

/** A codec that nobody brought throws when it is asked for; one that the user's own code brought stays. */
function isTaught(codec: (() => unknown) | undefined): boolean {
  try {
    return codec?.() !== undefined;
  } catch {
    return false;
  }
}
