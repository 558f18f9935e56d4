/** Names of kafkajs' errors that a broker which comes back, or another one, makes up for. */
const passingNames: ReadonlySet<string> = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSLockTimeout',
  'KafkaJSMetadataNotLoaded',
  'KafkaJSTopicMetadataNotLoaded',
]);

/** Errors of the protocol, as kafkajs calls them, that pass by themselves. */
const passingTypes: ReadonlySet<string> = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
  'KAFKA_STORAGE_ERROR',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

/** Codes of TLS and of Node that no waiting mends. */
const lastingCodes = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|EPROTO|ERR_SSL|WRONG_VERSION|ENOTFOUND/;

/** True for a failure of kafkajs that may pass by itself. Looks into what it gave up on after its own tries. */
export function waitingIsWorthwhile(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'KafkaJSNumberOfRetriesExceeded') return waitingIsWorthwhile(error.cause ?? error);
  const { code, type } = error as { readonly code?: unknown; readonly type?: unknown };
  if (lastingCodes.test(`${String(code)} ${error.message}`)) return false;
  // kafkajs says so of a broker whose connection broke before it had said what it speaks.
  if (error.message === 'Broker not connected') return true;
  return passingNames.has(error.name) || (typeof type === 'string' && passingTypes.has(type));
}
