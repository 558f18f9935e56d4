/** Numbers of the requests that are sent without kafkajs' help. */
export const kafkaApis = { produce: 0, fetch: 1, metadata: 3, offsetDelete: 47, describeProducers: 61 } as const;

/** Errors of the protocol that are looked at by number. */
export const kafkaErrors = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeaderOrFollower: 6,
  replicaNotAvailable: 9,
  topicAuthorizationFailed: 29,
  groupAuthorizationFailed: 30,
  clusterAuthorizationFailed: 31,
  kafkaStorageError: 56,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 75,
  offsetNotAvailable: 78,
  unknownTopicId: 100,
  inconsistentTopicId: 103,
} as const;

/** These pass by themselves: a leader that moves, a broker that starts or stops. */
const passing: ReadonlySet<number> = new Set([
  kafkaErrors.leaderNotAvailable,
  kafkaErrors.notLeaderOrFollower,
  kafkaErrors.replicaNotAvailable,
  kafkaErrors.kafkaStorageError,
  kafkaErrors.fencedLeaderEpoch,
  kafkaErrors.unknownLeaderEpoch,
  kafkaErrors.offsetNotAvailable,
]);

export function passesByItself(errorCode: number): boolean {
  return passing.has(errorCode);
}

/** One request in a version that kafkajs does not speak: what is written behind the header, and how the answer is read. */
export interface RawRequest<Answer> {
  readonly api: number;
  readonly version: number;
  readonly name: string;
  readonly body: Buffer;
  readonly read: (answer: Buffer) => Answer;
}
