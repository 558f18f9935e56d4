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
  const { source, topic, incarnation, partition, offset, key, ordinal } = output;
  const event = canonicalIdentity({ kind: 'log', source, topic, incarnation, partition, offset });
  return hashOnce('sha256', JSON.stringify([worker, event, key, output.output, ordinal]));
}
