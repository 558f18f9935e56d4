/**
 * A dead-letter or retry topic: each of its records delivers an event of another topic once more, and names that event in
 * its headers.
 */
export interface DeliveryTopic {
  readonly topic: string;
  /** The topic of the original events. */
  readonly of: string;
  /** Sets of headers that may name the original: the first one whose headers are all there does. */
  readonly headers: readonly DeliveryHeaders[];
}

/** Names of the headers that say where the original event stands. */
export interface DeliveryHeaders {
  readonly topic: string;
  readonly partition: string;
  readonly offset: string;
}

/**
 * What common producers of such topics write: `spring` for the recoverer and the retry topics of Spring Kafka, `connect` for
 * the dead-letter queue of Kafka Connect.
 */
export const knownDeliveryHeaders = {
  spring: [
    {
      topic: 'kafka_dlt-original-topic',
      partition: 'kafka_dlt-original-partition',
      offset: 'kafka_dlt-original-offset',
    },
    { topic: 'kafka_original-topic', partition: 'kafka_original-partition', offset: 'kafka_original-offset' },
  ],
  connect: [
    {
      topic: '__connect.errors.topic',
      partition: '__connect.errors.partition',
      offset: '__connect.errors.offset',
    },
  ],
} as const satisfies Readonly<Record<string, readonly DeliveryHeaders[]>>;
