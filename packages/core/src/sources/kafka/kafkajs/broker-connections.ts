import type { KafkajsBroker } from './kafkajs-types.js';

const connecting = new WeakMap<KafkajsBroker, Promise<void>>();

/**
 * Connects to a broker, once for all who ask at the same time: kafkajs opens the connection for fetches at the first of
 * them, and where several come at once it opens as many and forgets all but one.
 */
export function connectBroker(broker: KafkajsBroker): Promise<void> {
  const known = connecting.get(broker);
  if (known !== undefined) return known;
  const connected = connectBoth(broker).finally(() => connecting.delete(broker));
  connecting.set(broker, connected);
  return connected;
}

async function connectBoth(broker: KafkajsBroker): Promise<void> {
  // A broker whose connection broke before it had said what it speaks is no use, and counts as connected.
  if (broker.isConnected() && broker.versions === null) breakConnections(broker, 'it never said what it speaks');
  if (!broker.isConnected() || broker.versions === null) await broker.connect();
  await broker.connectionPool.getConnection(fetchConnection);
}

const fetchConnection = 1;

/** Breaks the connections to a broker: on one whose answer does not come, no later one would be understood. */
export function breakConnections(broker: KafkajsBroker, why: string): void {
  for (const { socket } of broker.connectionPool.pool ?? []) socket?.destroy(new Error(why));
}
