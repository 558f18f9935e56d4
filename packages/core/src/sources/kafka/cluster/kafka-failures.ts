import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { kafkaErrors, passesByItself } from '../protocol/kafka-api.js';
import { PassingFailure } from './patience.js';

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** A broker that starts does not know its topics at once: for so long it is not believed, in milliseconds. */
export const startingMs = 5000;

/** What an error number in an answer about a partition means; undefined where there is none. */
export function partitionFailure(errorCode: number, { topic, partition }: Place): Error | undefined {
  const where = `${topic}[${partition}]`;
  if (errorCode === kafkaErrors.none) return undefined;
  if (passesByItself(errorCode)) return new PassingFailure(`${where}: the leader is not ready (${errorCode})`);
  switch (errorCode) {
    case kafkaErrors.unknownTopicOrPartition:
      return new PassingFailure(where, noSuchPartition(where), startingMs);
    case kafkaErrors.unknownTopicId:
    case kafkaErrors.inconsistentTopicId:
      return new PassingFailure(where, topicReplaced(topic), startingMs);
    case kafkaErrors.topicAuthorizationFailed:
      return new RecoveryError('kafka-permission-denied', `the user may not read the topic ${JSON.stringify(topic)}`, {
        hint: `kafka-acls.sh --add --allow-principal User:NAME --operation Read --topic ${topic}`,
        details: { topic, operation: 'Read' },
      });
    default:
      return new RecoveryError('kafka-unreachable', `${where}: the broker answered with error ${errorCode}`, {
        hint: 'look at the log of the broker, then run the same command again',
        details: { topic, partition, errorCode },
      });
  }
}

function noSuchPartition(where: string): RecoveryError {
  return new RecoveryError('kafka-topic-not-found', `the cluster has no ${where}`, {
    hint: 'compare the name and the cluster; was the topic deleted?',
  });
}

/** The topic was there when it was described. */
export function topicReplaced(topic: string): RecoveryError {
  return new RecoveryError('log-changed', `the topic ${JSON.stringify(topic)} was deleted, or deleted and made again`, {
    hint: 'what it held is gone from the cluster: name an archive of it in the incident, then plan again',
    details: { topic },
  });
}

/** There are bytes, and no batch comes of them however large the answer may be: its length is not one. */
export function neverWhole({ topic, partition }: Place, offset: number): RecoveryError {
  return new RecoveryError(
    'corrupt-record-batch',
    `${topic}[${partition}]: the record batch at offset ${offset} never comes whole`,
    {
      hint: 'read it again, from another replica if there is one; if it stays so, the log of the broker is damaged there',
      details: { topic, partition, offset: String(offset) },
    },
  );
}

/** The broker no longer has, or does not have yet, what was asked for. */
export function outOfRange(
  { topic, partition }: Place,
  asked: number,
  range: { readonly from: number; readonly to: number } | null,
): RecoveryError {
  const where = `${topic}[${partition}]`;
  const gone = range !== null && asked < range.from;
  const what =
    range === null
      ? `has no offset ${asked}`
      : gone
        ? `begins at ${range.from}: ${(range.from - asked).toLocaleString('en-US')} offsets from ${asked} on are gone`
        : `ends at ${range.to}, before ${asked}`;
  return new RecoveryError('log-changed', `the log no longer holds what is needed: ${where} ${what}`, {
    hint: gone
      ? 'retention or deleteRecords took them: name an archive that has them in the incident, then plan again'
      : 'the log was cut or made anew: plan again',
    details: {
      topic,
      partition,
      asked: String(asked),
      ...(range !== null && { from: String(range.from), to: String(range.to) }),
    },
  });
}

/** Why a topic that was asked for cannot be described; undefined where it can. */
export function missingTopic(topic: string, errorCode: number | undefined): Error | undefined {
  switch (errorCode) {
    case kafkaErrors.none:
      return undefined;
    case undefined:
    case kafkaErrors.unknownTopicOrPartition:
      return noSuchTopic(topic);
    case kafkaErrors.topicAuthorizationFailed:
      return new RecoveryError(
        'kafka-permission-denied',
        `the user may not look at the topic ${JSON.stringify(topic)}`,
        {
          hint: `kafka-acls.sh --add --allow-principal User:NAME --operation Describe --topic ${topic}`,
          details: { topic, operation: 'Describe' },
        },
      );
    default:
      return partitionFailure(errorCode, { topic, partition: 0 });
  }
}

function noSuchTopic(topic: string): RecoveryError {
  return new RecoveryError('kafka-topic-not-found', `the cluster has no topic ${JSON.stringify(topic)}`, {
    hint: 'compare the name and the cluster; without Describe on it a user is told the same',
    details: { topic },
  });
}
