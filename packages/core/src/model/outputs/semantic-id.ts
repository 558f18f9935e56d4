import { hash as hashOnce } from 'node:crypto';
import { canonicalIdentity } from '../event/event-identity.js';
import type { Offset } from '../event/offset.js';
import type { PartitionId } from '../log/partition-id.js';
import type { IntendedOutput } from './output.js';

/** The members of an output that say which one it is. */
export type OutputIdentity = Pick<
  IntendedOutput,
  'output' | 'key' | 'source' | 'topic' | 'incarnation' | 'partition' | 'offset' | 'ordinal' | 'businessId'
>;

/**
 * Which output this is, the same whatever plan, version or batch derives it: the business id where the worker gave one,
 * else the SHA-256 of the worker's name, the event, the key, the output's name and its ordinal among those. Derived when
 * it is asked for, since a hash for every output would cost as much as the handler.
 */
export function semanticId(worker: string, output: OutputIdentity): string {
  if (output.businessId !== null) return output.businessId;
  const { key, ordinal } = output;
  const event = canonicalIdentity(identityOf(output));
  return hashOnce('sha256', JSON.stringify([worker, event, key, output.output, ordinal]));
}

function identityOf({ source, topic, incarnation, partition, offset }: OutputIdentity) {
  return { kind: 'log', source, topic, incarnation, partition, offset } as const;
}

/** The same for many outputs of one worker, one after the other. */
export function semanticIdsOf(worker: string): (output: OutputIdentity) => string {
  const hashOf = semanticHashesOf(worker);
  return (output) => output.businessId ?? hashOf(output, output.offset, output.key, output.output, output.ordinal);
}

/**
 * The same for outputs without a business id: the text that is hashed is put together from parts that stay the same from output
 * to output, since quoting all of it anew would cost more than the hash.
 */
export function semanticHashesOf(
  worker: string,
): (place: PartitionId, offset: Offset, key: string, output: string, ordinal: number) => string {
  const begin = `[${JSON.stringify(worker)},`;
  let last: PartitionId | null = null;
  /** All before the offset: the event is a text within the text, so its quotes are escaped. */
  let beforeOffset = '';
  let name = '';
  let quotedName = JSON.stringify(name);
  return (place, offset, key, output, ordinal) => {
    if (place !== last && (last === null || !isOfPartition(last, place))) {
      const { source, topic, incarnation, partition } = place;
      const event = canonicalIdentity({ kind: 'log', source, topic, incarnation, partition, offset: 0 });
      beforeOffset = begin + JSON.stringify(event.slice(0, -lastOfEvent.length)).slice(0, -1);
    }
    last = place;
    if (output !== name) {
      name = output;
      quotedName = JSON.stringify(name);
    }
    return hashOnce('sha256', `${beforeOffset}\\"${offset}\\"]",${JSON.stringify(key)},${quotedName},${ordinal}]`);
  };
}

/** How the identity of an event at offset 0 ends. */
const lastOfEvent = '"0"]';

function isOfPartition(one: PartitionId, other: PartitionId): boolean {
  return (
    one.partition === other.partition &&
    one.topic === other.topic &&
    one.source === other.source &&
    one.incarnation === other.incarnation
  );
}
