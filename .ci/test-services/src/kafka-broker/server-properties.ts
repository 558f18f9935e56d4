import { majorOf } from './kafka-version.js';

/** A listener for clients. Its name is that of the security protocol's role here, not of the protocol. */
export interface ClientListener {
  readonly protocol: 'SSL' | 'SASL_SSL' | 'SASL_PLAINTEXT';
  readonly port: number;
}

export interface ServerSettings {
  readonly version: string;
  readonly dataFolder: string;
  /** Of the listener without security. */
  readonly port: number;
  readonly controllerPort: number;
  /** Null where clients use the listener without security. */
  readonly client: ClientListener | null;
  /** Which of several nodes it is. Default: the only one. */
  readonly node?: NodeOfCluster;
}

/** A node of a cluster in which every node is a broker and a controller. */
interface NodeOfCluster {
  /** From 1. */
  readonly id: number;
  /** The ports of all controllers, in the order of the ids. */
  readonly controllerPorts: readonly number[];
}

/** The name of the listener with security; its settings begin with `listener.name.client.` */
export const clientListenerName = 'CLIENT';

/**
 * What makes a node, alone or with others, a cluster that is quick to start and quick to do what it usually puts off: a group begins at
 * once, a broker comes back soon after a kill, retention and compaction act within a second, internal topics are small.
 */
export function serverProperties(settings: ServerSettings): Record<string, string> {
  const { version, port, controllerPort, client, node = { id: 1, controllerPorts: [controllerPort] } } = settings;
  const nodes = node.controllerPorts.length;
  const replicas = { factor: String(nodes), inSync: String(Math.max(1, nodes - 1)) };
  const listeners = [`PLAINTEXT://127.0.0.1:${port}`];
  if (client !== null) listeners.push(`${clientListenerName}://127.0.0.1:${client.port}`);
  const protocols = ['CONTROLLER:PLAINTEXT', 'PLAINTEXT:PLAINTEXT'];
  if (client !== null) protocols.push(`${clientListenerName}:${client.protocol}`);
  return {
    'process.roles': 'broker,controller',
    'node.id': String(node.id),
    // A fixed quorum is known to both lines of Kafka, and keeps no port in the data.
    'controller.quorum.voters': node.controllerPorts.map((each, index) => `${index + 1}@127.0.0.1:${each}`).join(','),
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${controllerPort}`].join(','),
    'advertised.listeners': listeners.join(','),
    'listener.security.protocol.map': protocols.join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    // After a kill the broker may come back when its session has run out, which takes nine seconds by default.
    'broker.heartbeat.interval.ms': '500',
    'broker.session.timeout.ms': '3000',
    'log.dirs': settings.dataFolder,
    'offsets.topic.replication.factor': replicas.factor,
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': replicas.factor,
    'transaction.state.log.min.isr': replicas.inSync,
    'transaction.state.log.num.partitions': '4',
    ...(majorOf(version) >= 4
      ? {
          'share.coordinator.state.topic.replication.factor': replicas.factor,
          'share.coordinator.state.topic.min.isr': replicas.inSync,
        }
      : {}),
    // Who led before it was away leads again a second after it is back.
    ...(nodes > 1 ? { 'leader.imbalance.check.interval.seconds': '1' } : {}),
    'group.initial.rebalance.delay.ms': '0',
    // A misspelt topic is an error and not a new topic.
    'auto.create.topics.enable': 'false',
    'log.retention.check.interval.ms': '1000',
    'log.cleaner.backoff.ms': '500',
    'log.initial.task.delay.ms': '500',
    'log.segment.delete.delay.ms': '500',
  };
}
