import { kafkaApis, type RawRequest } from './kafka-api.js';
import { notAResponse } from './wire-reader.js';

/** What is sent to one partition, as part of a transaction. */
export interface ProduceSettings {
  readonly transactionalId: string;
  readonly topic: string;
  readonly partition: number;
  /** A whole record batch, stamped by its producer. */
  readonly batch: Buffer;
  /** How long the broker may wait for the replicas, in milliseconds. */
  readonly timeoutMs: number;
}

export interface ProduceAnswer {
  readonly errorCode: number;
  /** Where the batch begins now; -1 where the broker takes it for a repetition. */
  readonly baseOffset: number;
  readonly throttleMs: number;
}

/** Produce, version 7 (Kafka 2.1 and later): the batch as it is, acknowledged by all replicas that are in sync. */
export const produceVersion = 7;

const allReplicas = -1;

export function produceRequest(settings: ProduceSettings): RawRequest<ProduceAnswer> {
  const { transactionalId, topic, partition, batch, timeoutMs } = settings;
  const numbers = Buffer.alloc(2 + 4 + 4);
  numbers.writeInt16BE(allReplicas, 0);
  numbers.writeInt32BE(timeoutMs, 2);
  numbers.writeInt32BE(1, 6); // topics
  const place = Buffer.alloc(4 + 4 + 4);
  place.writeInt32BE(1, 0); // partitions
  place.writeInt32BE(partition, 4);
  place.writeInt32BE(batch.length, 8);
  return {
    api: kafkaApis.produce,
    version: produceVersion,
    name: 'Produce',
    body: Buffer.concat([text(transactionalId), numbers, text(topic), place, batch]),
    read: readProduce,
  };
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length, 0);
  return Buffer.concat([length, bytes]);
}

function readProduce(answer: Buffer): ProduceAnswer {
  const inFront = 4 + 2; // topics, and the length of the name
  const nameLength = answer.length >= inFront ? answer.readInt16BE(4) : -1;
  const at = inFront + nameLength + 4 + 4; // partitions, and the number of the one
  const behind = 2 + 8 + 8 + 8 + 4;
  if (nameLength < 0 || answer.length < at + behind) throw notAResponse('cut short');
  return {
    errorCode: answer.readInt16BE(at),
    baseOffset: Number(answer.readBigInt64BE(at + 2)),
    throttleMs: answer.readInt32BE(at + 2 + 8 + 8 + 8),
  };
}
