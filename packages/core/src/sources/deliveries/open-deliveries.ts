import type { EventLog } from '../../model/log/event-log.js';
import type { DeliveryTopic } from './delivery-topic.js';
import { readOriginals, type DeliveryRange, type Originals } from './read-originals.js';

/** The delivery topics of an incident, as far as its logs hold them. */
export interface Deliveries {
  readonly topics: readonly DeliveryTopic[];
  readonly ranges: readonly DeliveryRange[];
  /** Read when somebody asks for them, and once. */
  originals(): Promise<Originals>;
}

/** Finds out which log holds what of the delivery topics. */
export async function openDeliveries(logs: readonly EventLog[], topics: readonly DeliveryTopic[]): Promise<Deliveries> {
  const ranges: DeliveryRange[] = [];
  for (const log of topics.length === 0 ? [] : logs) {
    const { partitions } = await log.describe();
    for (const { source, topic, incarnation, partition, range } of partitions) {
      if (range.from === range.to || !topics.some((declaration) => declaration.topic === topic)) continue;
      ranges.push({ log, request: { source, topic, incarnation, partition, from: range.from, to: range.to } });
    }
  }
  return deliveriesIn(ranges, topics);
}

export function deliveriesIn(ranges: readonly DeliveryRange[], topics: readonly DeliveryTopic[]): Deliveries {
  let read: Promise<Originals> | null = null;
  return { topics, ranges, originals: () => (read ??= readOriginals(ranges, topics)) };
}
