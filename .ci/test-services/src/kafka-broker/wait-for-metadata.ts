import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';

/**
 * Waits until a broker tells its metadata: itself as a member of the cluster, and a leader for every partition. An open
 * port says less: a broker listens before it knows anything, and another one may have taken the port.
 * @returns false when `signal` was aborted first
 */
export async function waitForMetadata(bootstrap: string, clusterId: string, signal: AbortSignal): Promise<boolean> {
  const kafka = new Kafka({
    clientId: 'eventmend-broker-kit',
    brokers: [bootstrap],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1000,
    requestTimeout: 3000,
    retry: { retries: 0 },
  });
  while (!signal.aborted) {
    if (await tellsMetadata(kafka, clusterId)) return true;
    await sleep(50);
  }
  return false;
}

async function tellsMetadata(kafka: Kafka, clusterId: string): Promise<boolean> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    const { topics } = await admin.fetchTopicMetadata();
    const partitions = topics.flatMap((topic) => topic.partitions);
    return (
      cluster.clusterId === clusterId && cluster.brokers.length > 0 && partitions.every(({ leader }) => leader >= 0)
    );
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
