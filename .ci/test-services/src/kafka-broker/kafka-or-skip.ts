import type { DescribeTests } from '../describe-tests.js';
import { inCi } from '../in-ci.js';
import { missingForKafka } from './broker-for-tests.js';

export interface KafkaNeeds {
  /** Which versions the tests start. Default: the one that is started by default. */
  readonly versions?: readonly string[];
  /** Whether only a broker of their own will do, which they kill or secure; KAFKA_BROKERS does not help then. */
  readonly own?: boolean;
}

/**
 * `describe` where tests can have a Kafka, else `describe.skip`, and then it says aloud what is missing. In CI, where
 * nobody reads that, it throws.
 *
 * ```ts
 * const describeWithKafka = await kafkaOrSkip(describe);
 * ```
 * @throws Error in CI when Java or Maven is missing, or when the jars cannot be fetched.
 */
export async function kafkaOrSkip(
  describe: DescribeTests & { readonly skip: DescribeTests },
  needs: KafkaNeeds = {},
): Promise<DescribeTests> {
  const { versions = [undefined], own = false } = needs;
  if (!own && (process.env['KAFKA_BROKERS'] ?? '') !== '') return describe;
  for (const version of versions) {
    const missing = await missingForKafka(version);
    if (missing === null) continue;
    if (inCi()) throw new Error(missing);
    return (name, body) => {
      process.stderr.write(`\n*** SKIPPED for want of Kafka: ${name}: ${missing}\n\n`);
      return describe.skip(name, body);
    };
  }
  return describe;
}
