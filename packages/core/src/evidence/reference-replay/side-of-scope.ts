import { RecoveryError } from '../../model/errors/recovery-error.js';

/**
 * Where the keys of an event lie. Counted rather than compared with the first, as the engine does.
 * @throws RecoveryError `event-crosses-scope` when some are in the scope and some are not
 */
export function sideOfScope(
  keys: readonly string[],
  scope: ReadonlySet<string> | null,
  offset: number,
): 'inside' | 'outside' {
  if (scope === null) return 'inside';
  const within = keys.filter((key) => scope.has(key)).length;
  if (within === 0) return 'outside';
  if (within === keys.length) return 'inside';
  throw new RecoveryError(
    'event-crosses-scope',
    `the event at offset ${offset} names ${keys.length} keys, and ${within} of them are in the scope`,
    { hint: 'the scope is not closed over this log: plan again' },
  );
}
