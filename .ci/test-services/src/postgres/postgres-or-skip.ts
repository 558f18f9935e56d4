import type { DescribeTests } from '../describe-tests.js';
import { inCi } from '../in-ci.js';
import { findPostgres } from './find-postgres.js';

/**
 * `describe` where tests can have a PostgreSQL server, else `describe.skip`, and then it says aloud what is missing. In
 * CI, where nobody reads that, it throws.
 *
 * ```ts
 * const describeWithPostgres = await postgresOrSkip(describe);
 * ```
 * @param folders where its programs may be; see `findPostgres`
 * @throws Error in CI when PostgreSQL is not installed.
 */
export async function postgresOrSkip(
  describe: DescribeTests & { readonly skip: DescribeTests },
  folders?: readonly string[],
): Promise<DescribeTests> {
  const installation = await findPostgres(folders);
  if (!('missing' in installation)) return describe;
  const { missing } = installation;
  if (inCi()) throw new Error(missing);
  return (name, body) => {
    process.stderr.write(`\n*** SKIPPED for want of PostgreSQL: ${name}: ${missing}\n\n`);
    return describe.skip(name, body);
  };
}
