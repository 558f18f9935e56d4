import type { Offset } from './offset.js';
import type { PartitionId } from '../log/partition-id.js';

/**
 * Which event this is, the same wherever it is read from: `source` names the original log (the cluster's id, or the name
 * given at import), and an archive passes it on unchanged. `incarnation` tells a topic from a later one of the same name.
 */
interface LogEventIdentity extends PartitionId {
  readonly kind: 'log';
  readonly offset: Offset;
}

/** A row of another system that stands in for an event that the log no longer holds; counted beside the log's accounts. */
interface ExternalEventIdentity {
  readonly kind: 'external';
  readonly source: string;
  readonly row: string;
}

/** An event that an estimate made up: never mistaken for a real one. */
interface SyntheticEventIdentity {
  readonly kind: 'synthetic';
  readonly plan: string;
  readonly draw: number;
  readonly n: number;
}

export type EventIdentity = LogEventIdentity | ExternalEventIdentity | SyntheticEventIdentity;

/** One line for people: `flights[3]@18204933`. */
export function describeEvent(identity: EventIdentity): string {
  switch (identity.kind) {
    case 'log':
      return `${identity.topic}[${identity.partition}]@${identity.offset}`;
    case 'external':
      return `${identity.source}#${identity.row}`;
    case 'synthetic':
      return `synthetic ${identity.plan}/${identity.draw}/${identity.n}`;
  }
}

/** The unambiguous text that ids and random numbers derive from: a JSON array, so that no two identities share one. */
export function canonicalIdentity(identity: EventIdentity): string {
  switch (identity.kind) {
    case 'log': {
      const { source, topic, incarnation, partition, offset } = identity;
      return JSON.stringify(['log', source, topic, incarnation, partition, String(offset)]);
    }
    case 'external':
      return JSON.stringify(['external', identity.source, identity.row]);
    case 'synthetic':
      return JSON.stringify(['synthetic', identity.plan, identity.draw, identity.n]);
  }
}
