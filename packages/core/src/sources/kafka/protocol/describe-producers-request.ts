import { kafkaApis, type RawRequest } from './kafka-api.js';
import { WireReader } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

/** A producer that has written to a partition lately. */
export interface ActiveProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Milliseconds since 1970 of its last write. */
  readonly lastTimestamp: number;
  /** Where its open transaction begins; -1 where none is open. */
  readonly transactionStart: number;
}

/** DescribeProducers, version 0 (Kafka 2.8 and later), of one partition; asked of its leader. */
export function describeProducersRequest(
  topic: string,
  partition: number,
): RawRequest<{ readonly errorCode: number; readonly producers: readonly ActiveProducer[] }> {
  const writer = new WireWriter().noTags(); // the header's
  writer
    .compactArray([topic], (name) => {
      writer
        .compactString(name)
        .compactArray([partition], (number) => void writer.int32(number))
        .noTags();
    })
    .noTags();
  return {
    api: kafkaApis.describeProducers,
    version: 0,
    name: 'DescribeProducers',
    body: writer.bytes(),
    read(answer) {
      const reader = new WireReader(answer);
      reader.skipTags(); // the header's
      reader.int32(); // throttling
      const topics = reader.compactArray(() => {
        reader.compactString();
        const partitions = reader.compactArray(() => {
          reader.int32();
          const errorCode = reader.int16();
          reader.compactString(); // the error in words
          const producers = reader.compactArray((): ActiveProducer => {
            const producerId = reader.int64();
            const producerEpoch = reader.int32();
            reader.int32(); // sequence
            const lastTimestamp = reader.int64();
            reader.int32(); // coordinator's epoch
            const transactionStart = reader.int64();
            reader.skipTags();
            return { producerId, producerEpoch, lastTimestamp, transactionStart };
          });
          reader.skipTags();
          return { errorCode, producers };
        });
        reader.skipTags();
        return partitions;
      });
      return topics.flat()[0] ?? { errorCode: -1, producers: [] };
    },
  };
}
