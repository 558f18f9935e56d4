import { RecoveryError } from '../../../model/errors/recovery-error.js';
import type { OffsetRange } from '../../../model/log/event-log.js';
import type { KafkaCluster } from '../cluster/kafka-cluster.js';
import type { ActiveProducer } from '../protocol/describe-producers-request.js';

/** Names the transaction that holds a partition back. */
export async function openTransaction(
  cluster: KafkaCluster,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  heldBack: OffsetRange,
): Promise<RecoveryError> {
  const who = describeHolders(await cluster.producers(topic, partition));
  const { from, to } = heldBack;
  return new RecoveryError(
    'open-transaction',
    `${topic}[${partition}]: an open transaction of ${who} holds back everything from offset ${from} to ${to - 1}`,
    {
      hint: `wait for it or end it (kafka-transactions.sh abort), or stop before it: --target-offsets ${topic}[${partition}]=${from}`,
      details: { topic, partition, from: String(from), to: String(to), producer: who },
    },
  );
}

/** The producers with an open transaction, the oldest first, in words. */
export function describeHolders(producers: readonly ActiveProducer[] | null): string {
  const holders = (producers ?? [])
    .filter(({ transactionStart }) => transactionStart >= 0)
    .sort((a, b) => a.transactionStart - b.transactionStart);
  if (holders.length === 0) return 'a producer that the broker does not name';
  return holders
    .map(
      ({ producerId, producerEpoch, lastTimestamp, transactionStart }) =>
        `producer ${producerId} (epoch ${producerEpoch}, begun at offset ${transactionStart}, last write ${new Date(lastTimestamp).toISOString()})`,
    )
    .join(' and ');
}
