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
}

/** The name of the listener with security; its settings begin with `listener.name.client.` */
export const clientListenerName = 'CLIENT';

/**
 * What makes one node a whole cluster that is quick to start and quick to do what it usually puts off: a group begins at
 * once, a broker comes back soon after a kill, retention and compaction act within a second, internal topics are small.
 */
export function serverProperties(settings: ServerSettings): Record<string, string> {
  const { version, port, controllerPort, client } = settings;
  const listeners = [`PLAINTEXT://127.0.0.1:${port}`];
  if (client !== null) listeners.push(`${clientListenerName}://127.0.0.1:${client.port}`);
  const protocols = ['CONTROLLER:PLAINTEXT', 'PLAINTEXT:PLAINTEXT'];
  if (client !== null) protocols.push(`${clientListenerName}:${client.protocol}`);
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    // A fixed quorum is known to both lines of Kafka, and keeps no port in the data.
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${controllerPort}`].join(','),
    'advertised.listeners': listeners.join(','),
    'listener.security.protocol.map': protocols.join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    // After a kill the broker may come back when its session has run out, which takes nine seconds by default.
    'broker.heartbeat.interval.ms': '500',
    'broker.session.timeout.ms': '3000',
    'log.dirs': settings.dataFolder,
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    ...(majorOf(version) >= 4
      ? { 'share.coordinator.state.topic.replication.factor': '1', 'share.coordinator.state.topic.min.isr': '1' }
      : {}),
    'group.initial.rebalance.delay.ms': '0',
    // A misspelt topic is an error and not a new topic.
    'auto.create.topics.enable': 'false',
    'log.retention.check.interval.ms': '1000',
    'log.cleaner.backoff.ms': '500',
    'log.initial.task.delay.ms': '500',
    'log.segment.delete.delay.ms': '500',
  };
}
