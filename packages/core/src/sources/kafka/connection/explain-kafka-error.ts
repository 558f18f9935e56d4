import { RecoveryError, isRecoveryError } from '../../../model/errors/recovery-error.js';
import type { ErrorCode } from '../../../model/errors/error-catalogue.js';
import { principalOf, tlsSettingsOf, type KafkaSettings } from './kafka-settings.js';
import { leastPermissions, type KafkaVerb } from './least-permissions.js';
import { aclCommand, clusterResource, describeAcl, type AclOperation, type MissingAcl } from './missing-acl.js';
import { tlsProblem, type Problem } from './tls-problem.js';

/** What was being done when the error came. */
export interface KafkaErrorContext {
  readonly brokers: readonly string[];
  readonly settings: KafkaSettings;
  readonly topic?: string;
  readonly partition?: number;
  readonly group?: string;
  readonly verb?: KafkaVerb;
  /** What the request needed that was refused; reading when it is not said. */
  readonly operation?: AclOperation;
}

/** Makes of what kafkajs or Node throws an error of ours that says what is wrong and what mends it; unknown errors stay. */
export function explainKafkaError(error: unknown, context: KafkaErrorContext): unknown {
  const inner = unwrap(error);
  if (isRecoveryError(inner)) return inner;
  if (!(inner instanceof Error)) return error;
  const facts: ErrorFacts = {
    name: inner.name,
    message: inner.message,
    code: memberText(inner, 'code'),
    type: memberText(inner, 'type'),
    broker: memberText(inner, 'broker'),
  };
  const found =
    authorization(facts, context) ??
    signIn(facts, context) ??
    topic(facts, context) ??
    unsupported(facts) ??
    connection(facts, context);
  if (found === null) return error;
  const { topic: name, partition, brokers } = context;
  return new RecoveryError(found.code, `${subjectOf(facts, context)}: ${found.what}`, {
    hint: found.hint,
    cause: error,
    details: {
      brokers,
      ...(name === undefined ? {} : { topic: name }),
      ...(partition === undefined ? {} : { partition }),
      ...(found.missing === undefined ? {} : { missing: found.missing }),
    },
  });
}

interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly type: string;
  readonly broker: string;
}

interface Explanation extends Problem {
  readonly code: ErrorCode;
  readonly missing?: MissingAcl;
}

/** kafkajs wraps what went wrong once per layer that gave up; the innermost error of its own or of ours says most. */
function unwrap(error: unknown): unknown {
  let inner = error;
  while (inner instanceof Error && wrappers.has(inner.name) && inner.cause instanceof Error && inner.cause !== inner) {
    inner = inner.cause;
  }
  return inner;
}

const wrappers = new Set(['KafkaJSNumberOfRetriesExceeded', 'KafkaJSNonRetriableError', 'KafkaJSError']);

function memberText(error: Error, member: 'code' | 'type' | 'broker'): string {
  const value = (error as unknown as Record<string, unknown>)[member];
  return typeof value === 'string' ? value : '';
}

function subjectOf(facts: ErrorFacts, { brokers, topic: name, partition }: KafkaErrorContext): string {
  const where = facts.broker === '' ? brokers.join(', ') : facts.broker;
  if (name === undefined) return `Kafka at ${where}`;
  return `Kafka at ${where}, topic ${name}${partition === undefined ? '' : `, partition ${partition}`}`;
}

function authorization({ type }: ErrorFacts, context: KafkaErrorContext): Explanation | null {
  const missing = missingAcl(type, context);
  if (missing === null) return null;
  const purpose = leastPermissions[context.verb ?? 'read'].find(
    (each) => each.resourceType === missing.resourceType && each.operation === missing.operation,
  )?.purpose;
  return {
    code: 'kafka-permission-denied',
    what: `the permission ${describeAcl(missing)} is missing${purpose === undefined ? '' : `; it shows ${purpose}`}`,
    hint: `who runs the cluster adds it: ${aclCommand(missing)}`,
    missing,
  };
}

function missingAcl(type: string, { settings, operation, ...context }: KafkaErrorContext): MissingAcl | null {
  const principal = principalOf(settings);
  switch (type) {
    case 'TOPIC_AUTHORIZATION_FAILED':
      return { operation: operation ?? 'Read', resourceType: 'topic', name: context.topic ?? 'TOPIC', principal };
    case 'GROUP_AUTHORIZATION_FAILED':
      return { operation: 'Describe', resourceType: 'group', name: context.group ?? 'GROUP', principal };
    case 'CLUSTER_AUTHORIZATION_FAILED':
      return { operation: 'Describe', resourceType: 'cluster', name: clusterResource, principal };
    default:
      return null;
  }
}

function signIn({ name, type, message }: ErrorFacts, { settings }: KafkaErrorContext): Explanation | null {
  const code = 'kafka-authentication-failed';
  const { sasl } = settings;
  if (type === 'ILLEGAL_SASL_STATE') {
    return {
      code,
      what: 'the listener does not ask anybody to sign in, or not in this order',
      hint: 'use the port of the listener SASL_SSL or SASL_PLAINTEXT, or leave sasl out if the cluster has none',
    };
  }
  if (
    type === 'UNSUPPORTED_SASL_MECHANISM' ||
    (name === 'KafkaJSSASLAuthenticationError' && message.includes('mechanism is not supported'))
  ) {
    return {
      code,
      what: `the listener does not offer ${sasl?.mechanism.toUpperCase() ?? 'this way of signing in'}`,
      hint: 'choose a mechanism of sasl.enabled.mechanisms; "eventmend doctor" shows which these are',
    };
  }
  if (name !== 'KafkaJSSASLAuthenticationError' && type !== 'SASL_AUTHENTICATION_FAILED') return null;
  // What the broker says is rid of the secret where the error comes from; see sasl-mechanism.ts.
  const said = message.replace(/^SASL [\w -]+ authentication failed: /, '').slice(0, 300);
  if (sasl === undefined || sasl.mechanism === 'oauthbearer') {
    return {
      code,
      what: `the broker refuses the token: ${said}`,
      hint: 'fetch a token that has not expired and is meant for this cluster',
    };
  }
  return {
    code,
    what: `the broker refuses ${sasl.username} with ${sasl.mechanism.toUpperCase()}: ${said}`,
    hint: 'compare user, password and mechanism with those of the cluster; Kafka does not tell which of them is wrong',
  };
}

function topic({ type }: ErrorFacts, context: KafkaErrorContext): Explanation | null {
  const name = context.topic ?? 'that was asked for';
  if (type === 'INVALID_TOPIC_EXCEPTION') {
    return {
      code: 'kafka-topic-not-found',
      what: `no topic can be called ${name}`,
      hint: 'correct the name of the topic',
    };
  }
  if (type !== 'UNKNOWN_TOPIC_OR_PARTITION') return null;
  return {
    code: 'kafka-topic-not-found',
    what: `there is no topic ${name}${context.partition === undefined ? '' : ' with this partition'}`,
    hint: 'compare the name and the cluster; "eventmend doctor" names the nearest that there is',
  };
}

function unsupported({ name, type, message }: ErrorFacts): Explanation | null {
  const code = 'kafka-incompatible';
  if (type === 'CORRUPT_MESSAGE') {
    return {
      code: 'corrupt-record-batch',
      what: 'the broker says that a batch is damaged',
      hint: 'read from another replica or from an archive',
    };
  }
  if (type === 'UNSUPPORTED_FOR_MESSAGE_FORMAT' || name === 'KafkaJSUnsupportedMagicByteInMessageSet') {
    return {
      code,
      what: 'the log holds batches in a format of before Kafka 0.11',
      hint: 'copy the topic to a new one',
    };
  }
  if (type === 'UNSUPPORTED_COMPRESSION_TYPE' || name === 'KafkaJSNotImplemented') {
    return { code, what: `a batch is compressed in a way that is not understood${inBrackets(message)}`, hint: update };
  }
  if (type === 'UNSUPPORTED_VERSION' || name === 'KafkaJSServerDoesNotSupportApiKey') {
    return {
      code,
      what: 'the broker does not speak the version of a request that this client needs',
      hint: 'brokers from Kafka 0.11 to 4.x are spoken with; "eventmend doctor" shows what this one speaks',
    };
  }
  return null;
}

const update = 'install the newest version of Eventmend';

function inBrackets(message: string): string {
  return message === '' ? '' : ` (${message})`;
}

function connection(facts: ErrorFacts, context: KafkaErrorContext): Explanation | null {
  const { name, message, code: node } = facts;
  const { settings } = context;
  const tls = tlsProblem(node, message, settings);
  if (tls !== null) return { code: 'kafka-tls-failed', ...tls };
  const code = 'kafka-unreachable';
  const known = nodeProblems[node];
  if (known !== undefined) return { code, ...known };
  if (
    name === 'KafkaJSConnectionClosedError' ||
    message === 'Connection closed by the server' ||
    node === 'ECONNRESET'
  ) {
    return closed(context);
  }
  if (timeouts.has(name) || message === 'Connection timeout' || node === 'ETIMEDOUT') {
    return {
      code,
      what: 'no answer came in time',
      hint: 'look for a firewall and at the load of the broker; connectionTimeoutMs and requestTimeoutMs allow more time',
    };
  }
  if (betweenLeaders.has(facts.type) || noBroker.has(name)) {
    return {
      code,
      what: `the cluster cannot answer at the moment (${facts.type === '' ? message : facts.type})`,
      hint: 'brokers restart or leaders move: run the same command again, it goes on',
    };
  }
  if (name === 'KafkaJSConnectionError') {
    return { code, what: `the connection failed${inBrackets(message)}`, hint: compareAddress };
  }
  return null;
}

/** Kafka hangs up without a word on whom it does not understand, and on whom it asked to sign in and who did not. */
function closed({ settings, topic: name, brokers }: KafkaErrorContext): Explanation {
  const reading = name !== undefined;
  const encrypted = tlsSettingsOf(settings) !== null;
  if (reading || (encrypted && settings.sasl !== undefined)) {
    return {
      code: 'kafka-unreachable',
      what: 'the broker closed the connection',
      hint: 'run the same command again: it goes on; if it stays so, the log of the broker says why',
    };
  }
  if (encrypted) {
    return {
      code: 'kafka-authentication-failed',
      what: 'the broker closed the connection at once, as it does with those who do not sign in',
      hint: 'say in sasl how to sign in, or use the port of a listener that asks for nothing',
    };
  }
  return {
    code: 'kafka-tls-failed',
    what: `the broker closed the connection at once, as a port with TLS${settings.sasl === undefined ? ' or signing in' : ''} does`,
    hint: `set tls if ${brokers.length > 1 ? 'these are ports' : 'this is the port'} of a listener SSL or SASL_SSL; what is not Kafka hangs up too`,
  };
}

const compareAddress = "compare the address with the broker's advertised.listeners";

const nodeProblems: Readonly<Record<string, Problem>> = {
  ECONNREFUSED: {
    what: 'nothing listens at this address (ECONNREFUSED)',
    hint: `start the broker, or ${compareAddress}`,
  },
  ENOTFOUND: {
    what: 'there is no host of this name (ENOTFOUND)',
    hint: 'correct the name, or look at the name server',
  },
  EAI_AGAIN: { what: 'the name server gives no answer (EAI_AGAIN)', hint: 'look at the network of this machine' },
  EHOSTUNREACH: { what: 'no way leads to this host (EHOSTUNREACH)', hint: 'look at the network and at firewalls' },
  ENETUNREACH: { what: 'no way leads to this network (ENETUNREACH)', hint: 'look at the network and at firewalls' },
  EPIPE: { what: 'the connection broke (EPIPE)', hint: 'run the same command again: it goes on' },
};

const timeouts = new Set(['KafkaJSRequestTimeoutError', 'KafkaJSTimeout', 'KafkaJSLockTimeout']);

const noBroker = new Set([
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSMetadataNotLoaded',
  'KafkaJSTopicMetadataNotLoaded',
  'KafkaJSGroupCoordinatorNotFound',
]);

const betweenLeaders = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REQUEST_TIMED_OUT',
  'BROKER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'NETWORK_EXCEPTION',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
  'KAFKA_STORAGE_ERROR',
]);
