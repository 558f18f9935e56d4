import { anotherKafkajs, kafkajsFile } from './private-members.js';

/** One socket to a broker, as kafkajs keeps it. */
interface KafkajsConnection {
  socket?: { destroy(error: Error): void };
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  isConnected(): boolean;
  connect(): Promise<boolean>;
  processData(bytes: Buffer): unknown;
}

interface QueueOfRequests {
  pending: readonly unknown[];
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

/** No answer is as large, in bytes: a length beyond it is not one. */
const impossibleAnswer = 2 ** 30;

/** A length stands in front of every answer. */
const lengthBytes = 4;

let mended = false;

/**
 * Mends what of kafkajs 2.2.4 is in the way of who reads a log for hours, once for the process.
 * @throws RecoveryError `kafka-incompatible` where kafkajs is another version
 */
export function patchKafkajs(): void {
  if (mended) return;
  withSoundConnections();
  withoutIdleTimers();
  mended = true;
}

/**
 * Mends two faults of kafkajs' connections, both seen with a network that cuts and changes bytes. What had come of an answer
 * when a connection broke is kept and put in front of the first answer of the next one, which is then read as nonsense. And
 * what cannot be read throws in the handler of the socket, where nobody can catch it: the process ends.
 */
function withSoundConnections(): void {
  const connection = kafkajsFile<{ prototype?: KafkajsConnection }>('kafkajs/src/network/connection.js').prototype;
  const connect = connection?.connect;
  const processData = connection?.processData;
  if (connection === undefined || typeof connect !== 'function' || typeof processData !== 'function') {
    throw anotherKafkajs('connection');
  }
  connection.connect = function (this: KafkajsConnection): Promise<boolean> {
    if (!this.isConnected()) {
      this.chunks = [];
      this.bytesBuffered = 0;
      this.bytesNeeded = lengthBytes;
    }
    return connect.call(this);
  };
  connection.processData = function (this: KafkajsConnection, bytes: Buffer): unknown {
    try {
      const done = processData.call(this, bytes);
      if (this.bytesNeeded <= impossibleAnswer && this.bytesNeeded >= lengthBytes) return done;
      throw new Error('an answer has an impossible length');
    } catch (error) {
      this.socket?.destroy(error instanceof Error ? error : new Error('an answer cannot be read'));
      return undefined;
    }
  };
}

/**
 * After each answer kafkajs sets a timer to look for requests that were held back, with a negative time when nothing was
 * (kafkajs#1751): one idle timer per answer, and on Node 24 a TimeoutNegativeWarning on the user's terminal. Nothing is
 * held back then, so there is nothing to look for.
 */
function withoutIdleTimers(): void {
  const queue = kafkajsFile<{ prototype?: QueueOfRequests }>('kafkajs/src/network/requestQueue/index.js').prototype;
  const schedule = queue?.scheduleCheckPendingRequests;
  if (queue === undefined || typeof schedule !== 'function') throw anotherKafkajs('requestQueue');
  queue.scheduleCheckPendingRequests = function (this: QueueOfRequests): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}
