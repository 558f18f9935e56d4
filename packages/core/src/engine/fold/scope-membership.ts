import { RecoveryError } from '../../model/errors/recovery-error.js';
import { describePartition, type PartitionId } from '../../model/log/partition-id.js';

/**
 * Whether an event belongs to a scope, which it does with all of its keys or with none.
 * @throws RecoveryError `event-crosses-scope` when it names keys of both sides: the states that its handler reads would
 *   be missing
 */
export function isInScope(
  scope: ReadonlySet<string>,
  keys: readonly string[],
  partition: PartitionId,
  offset: number,
): boolean {
  const inside = scope.has(keys[0] as string);
  for (let index = 1; index < keys.length; index++) {
    if (scope.has(keys[index] as string) === inside) continue;
    const [within, outside] = inside ? [keys[0], keys[index]] : [keys[index], keys[0]];
    throw new RecoveryError(
      'event-crosses-scope',
      `${describePartition(partition)}@${offset} names ${JSON.stringify(within)}, which is in the scope, and ${JSON.stringify(outside)}, which is not`,
      { hint: 'the log or the worker is not what the scope was closed over: plan again' },
    );
  }
  return inside;
}
