import { isRecoveryError, RecoveryError } from '../../../model/errors/recovery-error.js';
import { PassingFailure } from '../cluster/patience.js';
import { explainKafkaError, type KafkaErrorContext } from '../connection/explain-kafka-error.js';
import { aclCommand } from '../connection/missing-acl.js';
import { principalOf } from '../connection/kafka-settings.js';
import { FencedSession } from './output-topic.js';

const fencedTypes: ReadonlySet<string> = new Set(['INVALID_PRODUCER_EPOCH', 'INVALID_PRODUCER_ID_MAPPING']);
/** PRODUCER_FENCED, which kafkajs does not know. */
const producerFenced = 90;

/** What the broker will say again however often it is asked, and what mends it. */
const refusals: Readonly<Record<string, string>> = {
  MESSAGE_TOO_LARGE: 'raise max.message.bytes of the topic',
  RECORD_LIST_TOO_LARGE: 'raise max.message.bytes of the topic',
  INVALID_TIMESTAMP: 'the topic bounds the times of records: publish with the time of publication',
  INVALID_RECORD: 'is the topic compacted? then every record needs a key',
  INVALID_TRANSACTION_TIMEOUT: 'raise transaction.max.timeout.ms of the brokers to a minute',
  UNSUPPORTED_VERSION: 'the brokers must speak transactions: Kafka 2.1 or later',
  UNSUPPORTED_FOR_MESSAGE_FORMAT: 'the topic must be of message format 2: Kafka 0.11 or later',
  POLICY_VIOLATION: 'a policy of the brokers refuses these records',
};

/** What is being published, for messages. */
export interface PublishingPlace extends KafkaErrorContext {
  readonly topic: string;
  readonly partition: number;
  readonly transactionalId: string;
}

/**
 * What an error of kafkajs or of the broker means to a publisher. What is not known to last is taken to pass: a new session
 * finds out from the topic how far the old one had come.
 */
export function sessionFailure(error: unknown, place: PublishingPlace): Error {
  const inner = innermost(error);
  if (isRecoveryError(inner) || inner instanceof PassingFailure || inner instanceof FencedSession) return inner;
  const { type, code } = inner as { readonly type?: unknown; readonly code?: unknown };
  const name = typeof type === 'string' ? type : '';
  if (fencedTypes.has(name) || code === producerFenced) return new FencedSession(inner);
  if (name === 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED') return missingTransactions(place);
  const hint = refusals[name];
  if (hint !== undefined) {
    const { topic, partition } = place;
    return new RecoveryError('publication-refused', `the broker takes no records for ${topic}[${partition}]: ${name}`, {
      hint,
      cause: inner,
      details: { topic, partition, error: name },
    });
  }
  const told = explainKafkaError(inner, { ...place, verb: 'publish', operation: 'Write' });
  if (isRecoveryError(told) && told.code !== 'kafka-unreachable') return told;
  return new PassingFailure('a new session may go on', isRecoveryError(told) ? told : inner);
}

function innermost(error: unknown): unknown {
  let inner = error;
  while (inner instanceof Error && /^KafkaJS(NumberOfRetriesExceeded|NonRetriableError|Error)$/.test(inner.name)) {
    if (!(inner.cause instanceof Error)) return inner;
    inner = inner.cause;
  }
  return inner;
}

function missingTransactions({ settings, transactionalId }: PublishingPlace): RecoveryError {
  const principal = principalOf(settings);
  const missing = { operation: 'Write', resourceType: 'transactional-id', name: transactionalId, principal } as const;
  return new RecoveryError(
    'kafka-permission-denied',
    `the user may not write in the transaction ${JSON.stringify(transactionalId)}`,
    {
      hint: `who runs the cluster adds it, for all ids that begin with eventmend-: ${aclCommand({ ...missing, name: 'eventmend-' })} --resource-pattern-type prefixed`,
      details: { missing },
    },
  );
}
