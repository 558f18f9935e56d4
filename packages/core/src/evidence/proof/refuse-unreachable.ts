import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { DamagedSnapshot } from '../../model/snapshots/snapshot-source.js';

/**
 * A snapshot whose database does not answer is not damaged: a plan that went on without it would begin somewhere else without
 * a word.
 * @throws RecoveryError `database-unreachable`
 */
export function refuseUnreachable(damaged: readonly DamagedSnapshot[]): void {
  const [first] = damaged.filter(({ unreachable }) => unreachable === true);
  if (first === undefined) return;
  throw new RecoveryError('database-unreachable', `a snapshot cannot be read now: ${first.reason}`, {
    hint: 'run the same command again when it answers; to go on without it, say where to begin with --baseline, or take it out of the incident',
    details: { location: first.location },
  });
}
