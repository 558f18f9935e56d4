export { type KafkaNode, type KafkaNodes, startKafkaCluster } from './kafka-broker/start-kafka-cluster.js';
export { findKafka, type KafkaInstallation } from './kafka-broker/find-kafka.js';
export { kafkaJars } from './kafka-broker/kafka-jars.js';
export { defaultKafkaVersion, testedKafkaVersions } from './kafka-broker/kafka-version.js';
export { startKafkaBroker, type KafkaBrokerOptions } from './kafka-broker/start-kafka-broker.js';
export {
  type CommittedRecord,
  type CommittedWatch,
  readCommitted,
  watchCommitted,
} from './kafka-broker/read-committed.js';
export type { KafkaBroker, KafkaBrokerSecurity } from './kafka-broker/kafka-broker.js';
export type { CertificateWithKey } from './private-authority.js';
export type { KafkaMechanism, KafkaSecurityOptions, KafkaUser } from './kafka-broker/security-options.js';
export { unsecuredToken } from './kafka-broker/unsecured-token.js';
export { brokerForTests, type ForeignKafka, type KafkaForTests } from './kafka-broker/broker-for-tests.js';
export type { DescribeTests } from './describe-tests.js';
export { kafkaOrSkip, type KafkaNeeds } from './kafka-broker/kafka-or-skip.js';
export { chromiumOrSkip, findChromium } from './chromium/chromium-or-skip.js';
export { postgresOrSkip } from './postgres/postgres-or-skip.js';
export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres/start-postgres.js';
export {
  startSchemaRegistry,
  type SchemaToRegister,
  type TestRegistry,
  type TestRegistryOptions,
} from './schema-registry.js';
