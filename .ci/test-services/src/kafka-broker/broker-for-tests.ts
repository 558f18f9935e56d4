import { inCi } from '../in-ci.js';
import { findKafka } from './find-kafka.js';
import type { KafkaBroker } from './kafka-broker.js';
import { kafkaJars } from './kafka-jars.js';
import { startKafkaBroker, type KafkaBrokerOptions } from './start-kafka-broker.js';

/** A cluster of the user, named by KAFKA_BROKERS: tests make topics of their own in it, and never stop it. */
export interface ForeignKafka {
  /** As KAFKA_BROKERS says: one or more of `HOST:PORT`, with commas between them. */
  readonly bootstrap: string;
  readonly owned: false;
  /** Does nothing, so that a test can end with it in either case. */
  stop(): Promise<void>;
}

/** The cluster that a test can use, or why there is none, in words. */
export type KafkaForTests =
  | { readonly broker: KafkaBroker | ForeignKafka; readonly missing: null }
  | { readonly broker: null; readonly missing: string };

/**
 * The cluster of KAFKA_BROKERS where that is set, else a broker that is started. In CI a missing one is an error.
 * @throws Error when a broker that could be started does not get ready; in CI also when Java or Maven is missing.
 */
export async function brokerForTests(options: KafkaBrokerOptions = {}): Promise<KafkaForTests> {
  const named = process.env['KAFKA_BROKERS'] ?? '';
  if (named !== '') {
    return { broker: { bootstrap: named, owned: false, stop: () => Promise.resolve() }, missing: null };
  }
  const missing = await missingForKafka(options.version);
  if (missing === null) return { broker: await startKafkaBroker(options), missing };
  if (inCi()) throw new Error(missing);
  return { broker: null, missing };
}

/** Why no broker of a version can be started here; null when one can. Fetches the jars, for that may be why. */
export async function missingForKafka(version?: string): Promise<string | null> {
  const found = await findKafka(version);
  if ('missing' in found) return found.missing;
  try {
    await kafkaJars(found.version);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
