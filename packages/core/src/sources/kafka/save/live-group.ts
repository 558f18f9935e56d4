import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaCluster } from '../cluster/kafka-cluster.js';
import type { Yield } from '../read/read-pace.js';

/** A consumer group that must not fall behind because of us. */
export interface LiveGroup {
  readonly group: string;
  readonly topics: readonly string[];
}

/** How often its lag is looked at, and how long a pause lasts before it is looked at again, in milliseconds. */
const lookMs = 2000;
const pauseMs = 1000;

/** Reading waits while the lag of the group is larger than at the look before. */
export function yieldToGroup(cluster: KafkaCluster, { group, topics }: LiveGroup, signal?: AbortSignal): Yield {
  let lookedAt = -Infinity;
  let before = Infinity;

  return async () => {
    while (performance.now() - lookedAt >= lookMs) {
      const lag = await lagOf(cluster, group, topics);
      lookedAt = performance.now();
      const grows = lag > before;
      before = lag;
      if (!grows) return;
      await sleep(pauseMs, undefined, signal === undefined ? {} : { signal });
      lookedAt = -Infinity;
    }
  };
}

/** Offsets that the group has still to read. */
async function lagOf(cluster: KafkaCluster, group: string, topics: readonly string[]): Promise<number> {
  const committed = await cluster.groupOffsets(group, topics);
  let lag = 0;
  for (const topic of topics) {
    const own = committed.filter((offset) => offset.topic === topic);
    const ends = await cluster.offsets(
      topic,
      own.map(({ partition }) => partition),
      'high-watermark',
    );
    for (const { partition, next } of own) lag += Math.max(0, (ends.get(partition) ?? next) - next);
  }
  return lag;
}
