import { kafkaApis, type RawRequest } from './kafka-api.js';
import { WireReader } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

export interface MetadataAnswer {
  readonly clusterId: string;
  readonly topics: readonly MetadataTopic[];
}

interface MetadataTopic {
  readonly errorCode: number;
  readonly name: string;
  /** 32 hexadecimal digits: another one for another topic of the same name. */
  readonly id: string;
  readonly partitions: readonly {
    readonly partition: number;
    /** -1 while there is none. */
    readonly leader: number;
  }[];
}

/** Metadata, version 12 (Kafka 2.8 and later): with the ids of topics, which kafkajs' versions do not have. */
export const metadataVersion = 12;

/** @param topics null for all */
export function metadataRequest(topics: readonly string[] | null): RawRequest<MetadataAnswer> {
  const writer = new WireWriter().noTags(); // the header's
  if (topics === null) writer.uvarint(0);
  else {
    writer.compactArray(topics, (name) => {
      writer.uuid('0'.repeat(32)).compactString(name).noTags();
    });
  }
  writer.int8(0).int8(0).noTags(); // makes no topic
  return {
    api: kafkaApis.metadata,
    version: metadataVersion,
    name: 'Metadata',
    body: writer.bytes(),
    read: readMetadata,
  };
}

function readMetadata(answer: Buffer): MetadataAnswer {
  const reader = new WireReader(answer);
  reader.skipTags(); // the header's
  reader.int32(); // throttling is obeyed by the connection, from the answers to fetches
  reader.compactArray(() => {
    // brokers: kafkajs keeps them
    reader.int32();
    reader.compactString();
    reader.int32();
    reader.compactString();
    reader.skipTags();
  });
  const clusterId = reader.compactString() ?? '';
  reader.int32(); // controller
  const topics = reader.compactArray((): MetadataTopic => {
    const errorCode = reader.int16();
    const name = reader.compactString() ?? '';
    const id = reader.uuid();
    reader.int8(); // internal
    const partitions = reader.compactArray(() => {
      reader.int16(); // an error is a leader of -1 too
      const partition = reader.int32();
      const leader = reader.int32();
      reader.int32(); // leader epoch
      for (const _ of ['replicas', 'in sync', 'offline']) reader.compactArray(() => reader.int32());
      reader.skipTags();
      return { partition, leader };
    });
    reader.int32(); // what the user may do
    reader.skipTags();
    return { errorCode, name, id, partitions };
  });
  return { clusterId, topics };
}
