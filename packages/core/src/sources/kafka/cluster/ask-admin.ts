import type { Kafka } from 'kafkajs';
import { loadDriver } from '../../drivers/load-driver.js';
import type { GroupOffset } from './kafka-cluster.js';

/** The settings of a topic by name; null where the user may not see them: everything else can be read without. */
export async function settingsOf(kafka: Kafka, topic: string): Promise<Readonly<Record<string, string>> | null> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: loadDriver('kafkajs', 'Kafka').ConfigResourceTypes.TOPIC, name: topic }],
    });
    const entries = resources[0]?.configEntries ?? [];
    return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));
  } catch (error) {
    if (/AUTHORIZATION/.test(String((error as { readonly type?: unknown }).type))) return null;
    throw error;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** What a group has committed, asked without joining it. */
export async function offsetsOfGroup(
  kafka: Kafka,
  group: string,
  topics: readonly string[],
): Promise<readonly GroupOffset[]> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const found = await admin.fetchOffsets({ groupId: group, topics: [...topics], resolveOffsets: false });
    return found.flatMap(({ topic, partitions }) =>
      partitions
        .filter(({ offset }) => offset !== '-1')
        .map(({ partition, offset }) => ({ topic, partition, next: Number(offset) })),
    );
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
