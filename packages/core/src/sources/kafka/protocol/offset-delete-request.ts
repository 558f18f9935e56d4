import { kafkaApis, type RawRequest } from './kafka-api.js';

interface GroupPartition {
  readonly topic: string;
  readonly partition: number;
}

/** OffsetDelete, version 0 (Kafka 2.4 and later): a group forgets what it committed for some partitions; asked of its coordinator. */
export function offsetDeleteRequest(
  group: string,
  partitions: readonly GroupPartition[],
): RawRequest<{ readonly errorCodes: readonly number[] }> {
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  return {
    api: kafkaApis.offsetDelete,
    version: 0,
    name: 'OffsetDelete',
    body: Buffer.concat([
      text(group),
      list(topics, (topic) =>
        Buffer.concat([
          text(topic),
          list(
            partitions.filter((one) => one.topic === topic),
            ({ partition }) => int32(partition),
          ),
        ]),
      ),
    ]),
    read(answer) {
      const errorCodes = [answer.readInt16BE(0)];
      let at = 6; // behind the throttling
      const topicCount = answer.length > at ? answer.readInt32BE(at) : 0;
      at += 4;
      for (let topic = 0; topic < topicCount; topic++) {
        at += 2 + answer.readInt16BE(at);
        const count = answer.readInt32BE(at);
        at += 4;
        for (let partition = 0; partition < count; partition++, at += 6) errorCodes.push(answer.readInt16BE(at + 4));
      }
      return { errorCodes };
    },
  };
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function list<Item>(items: readonly Item[], write: (item: Item) => Buffer): Buffer {
  return Buffer.concat([int32(items.length), ...items.map(write)]);
}
