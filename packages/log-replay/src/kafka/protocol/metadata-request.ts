import { kafkaApis, type RawRequest } from './kafka-api.js';
import { WireReader } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

export interface MetadataAnswer {
  readonly clusterId: string;
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number }[];
  readonly topics: readonly MetadataTopic[];
}

export interface MetadataTopic {
  readonly errorCode: number;
  readonly name: string;
  /** 32 hexadecimal digits: another one for another topic of the same name. */
  readonly id: string;
  readonly internal: boolean;
  readonly partitions: readonly {
    readonly errorCode: number;
    readonly partition: number;
    /** -1 while there is none. */
    readonly leader: number;
    readonly replicas: readonly number[];
    readonly inSync: readonly number[];
  }[];
  /** Bits by operation (KIP-430) that the user may carry out on the topic. */
  readonly allowed: number;
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
  writer.int8(0).int8(1).noTags(); // never makes a topic; says what the user may do
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
  const brokers = reader.compactArray(() => {
    const broker = { id: reader.int32(), host: reader.compactString() ?? '', port: reader.int32() };
    reader.compactString(); // rack
    reader.skipTags();
    return broker;
  });
  const clusterId = reader.compactString() ?? '';
  reader.int32(); // controller
  const topics = reader.compactArray((): MetadataTopic => {
    const errorCode = reader.int16();
    const name = reader.compactString() ?? '';
    const id = reader.uuid();
    const internal = reader.boolean();
    const partitions = reader.compactArray(() => {
      const code = reader.int16();
      const partition = reader.int32();
      const leader = reader.int32();
      reader.int32(); // leader epoch
      const replicas = reader.compactArray(() => reader.int32());
      const inSync = reader.compactArray(() => reader.int32());
      reader.compactArray(() => reader.int32()); // offline
      reader.skipTags();
      return { errorCode: code, partition, leader, replicas, inSync };
    });
    const allowed = reader.int32();
    reader.skipTags();
    return { errorCode, name, id, internal, partitions, allowed };
  });
  return { clusterId, brokers, topics };
}
