import { kafkaApis, type RawRequest } from './kafka-api.js';
import { WireReader } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

/** What a fetch asks of one partition. */
export interface FetchSettings {
  /** The id of the topic, where the cluster gives one: another topic of the same name is then refused. */
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
  readonly readCommitted: boolean;
  /** About the size of the answer; the first batch comes whole. */
  readonly maxBytes: number;
  /** How long the broker may wait until there is something, in milliseconds. */
  readonly maxWaitMs: number;
}

export interface FetchAnswer {
  /** False where the broker said nothing of the partition: it does so to clients that are above their quota. */
  readonly answered: boolean;
  readonly throttleMs: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** Transactions that were undone and reach into what was fetched, in no particular order. */
  readonly aborted: readonly AbortedTransaction[];
  readonly records: Buffer;
}

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/**
 * Fetch, version 13 (Kafka 3.1 and later): the topic is named by its id, so that the broker refuses where another topic of
 * the same name has taken its place; earlier versions would go on reading there without a word.
 */
export const fetchVersion = 13;

/** Asks for one partition, without a session and without a group. */
export function fetchRequest(settings: FetchSettings): RawRequest<FetchAnswer> {
  const { topicId, partition, offset, readCommitted, maxBytes, maxWaitMs } = settings;
  const writer = new WireWriter().noTags(); // the header's
  writer
    .int32(-1)
    .int32(maxWaitMs)
    .int32(1)
    .int32(maxBytes)
    .int8(readCommitted ? 1 : 0)
    .int32(0) // no session
    .int32(-1)
    .compactArray([partition], () => {
      writer
        .uuid(topicId)
        .compactArray([partition], () => {
          writer.int32(partition).int32(-1).int64(offset).int32(-1).int64(-1).int32(maxBytes).noTags();
        })
        .noTags();
    })
    .compactArray([], () => undefined)
    .compactString('')
    .noTags();
  return { api: kafkaApis.fetch, version: fetchVersion, name: 'Fetch', body: writer.bytes(), read: readFetch };
}

function readFetch(answer: Buffer): FetchAnswer {
  const reader = new WireReader(answer);
  reader.skipTags(); // the header's
  const throttleMs = reader.int32();
  const errorCode = reader.int16();
  reader.int32(); // session
  const partitions = reader.compactArray(() => {
    reader.uuid();
    const each = reader.compactArray(() => {
      reader.int32();
      const partitionError = reader.int16();
      const highWatermark = reader.int64();
      const lastStableOffset = reader.int64();
      const logStartOffset = reader.int64();
      const aborted = reader.compactArray((): AbortedTransaction => {
        const transaction = { producerId: reader.int64(), firstOffset: reader.int64() };
        reader.skipTags();
        return transaction;
      });
      reader.int32(); // a replica to read from instead
      const records = reader.compactBytes() ?? Buffer.alloc(0);
      reader.skipTags();
      return { errorCode: partitionError, highWatermark, lastStableOffset, logStartOffset, aborted, records };
    });
    reader.skipTags();
    return each;
  });
  const [only] = partitions.flat();
  const nothing = {
    errorCode,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    aborted: [],
    records: Buffer.alloc(0),
  };
  const answered = only !== undefined;
  return only === undefined || errorCode !== 0
    ? { answered, throttleMs, ...nothing }
    : { answered, throttleMs, ...only };
}
