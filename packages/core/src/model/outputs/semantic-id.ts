import { hash as hashOnce } from 'node:crypto';
import { canonicalIdentity } from '../event/event-identity.js';
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

/**
 * The same for many outputs of one worker, one after the other: the text that is hashed is put together from parts that stay
 * the same from output to output, since quoting all of it anew would cost more than the hash.
 */
export function semanticIdsOf(worker: string): (output: OutputIdentity) => string {
  const begin = `[${JSON.stringify(worker)},`;
  let place: OutputIdentity | null = null;
  /** All before the offset: the event is a text within the text, so its quotes are escaped. */
  let beforeOffset = '';
  let name = '';
  let quotedName = JSON.stringify(name);
  return (output) => {
    if (output.businessId !== null) return output.businessId;
    if (place === null || !isOfPartition(place, output)) {
      const event = canonicalIdentity({ ...identityOf(output), offset: 0 });
      beforeOffset = begin + JSON.stringify(event.slice(0, -lastOfEvent.length)).slice(0, -1);
      place = output;
    }
    if (output.output !== name) {
      name = output.output;
      quotedName = JSON.stringify(name);
    }
    const { offset, key, ordinal } = output;
    return hashOnce('sha256', `${beforeOffset}\\"${offset}\\"]",${JSON.stringify(key)},${quotedName},${ordinal}]`);
  };
}

/** How the identity of an event at offset 0 ends. */
const lastOfEvent = '"0"]';

function isOfPartition(one: OutputIdentity, other: OutputIdentity): boolean {
  return (
    one.partition === other.partition &&
    one.topic === other.topic &&
    one.source === other.source &&
    one.incarnation === other.incarnation
  );
}
