import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { OutputTopic } from '../../sources/kafka/publish/open-output-topic.js';
import { partitionOfKey } from '../../sources/rows/murmur2.js';
import type { PublicationWarning } from './publication-warning.js';
import type { TopicSurvey } from './survey-topic.js';

/** How the partition of a key is chosen: as Kafka's own partitioner does, unless the topic shows that the service does otherwise. */
export function choosePartitioner(survey: TopicSurvey, topic: OutputTopic) {
  const count = topic.partitions.length;
  const { agreeing, deviating, deviatingKeys } = survey;
  if (deviating === 0) {
    const unconfirmed: readonly PublicationWarning[] = agreeing === 0 ? [{ kind: 'partitioner-unconfirmed' }] : [];
    return {
      partitioner: 'murmur2' as const,
      warnings: unconfirmed,
      partitionOf: (key: string) => partitionOfKey(key, count),
    };
  }
  return {
    partitioner: 'recorded' as const,
    warnings: [{ kind: 'partitioner-deviates', keys: deviating, first: deviatingKeys } as const],
    partitionOf: (key: string) => survey.partitionOf(key) ?? refusePartition(topic.name, key),
  };
}

function refusePartition(topic: string, key: string): never {
  throw new RecoveryError(
    'publication-refused',
    `the records of ${topic} do not stand where Kafka's own partitioner puts their keys, and those of key ${JSON.stringify(key)} stand in no partition or in several`,
    {
      hint: 'which partition its readers expect cannot be told; publish into a new topic with --rebuild',
      details: { key },
    },
  );
}
