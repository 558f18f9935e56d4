import { RecoveryError } from '../../model/errors/recovery-error.js';

/** Planning that was stopped must not come to another plan. @throws RecoveryError `interrupted` */
export function refuseInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new RecoveryError('interrupted', 'stopped before the plan was made', {
    hint: 'the same command again goes on with what was proven so far',
  });
}
