import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { OutboxSeal, PublicationTime } from './outbox.js';

/** So many rows are shown before anything is sent. */
export const shownRows = 5;

/** @throws RecoveryError `operation-not-allowed` where a sealed outbox is not what is asked for */
export function refuseOtherChoices(
  seal: OutboxSeal,
  { keys, time }: { readonly keys?: readonly string[]; readonly time?: PublicationTime },
): void {
  const chosen = seal.chosen?.keys ?? [];
  if (keys !== undefined && [...new Set(keys)].sort().join('\n') !== chosen.join('\n')) {
    throw new RecoveryError(
      'operation-not-allowed',
      `what run ${seal.runId} publishes is sealed, and not with these keys first`,
      {
        hint: 'keys can be chosen when a run is published for the first time; leave out --keys, or use --canary N',
      },
    );
  }
  if (time !== undefined && time !== seal.time) {
    throw new RecoveryError(
      'operation-not-allowed',
      `what run ${seal.runId} publishes is sealed with the time of ${seal.time}`,
      {
        hint: 'leave out --time',
      },
    );
  }
}

export function undeclaredOutputs(runId: string, count: number): RecoveryError {
  return new RecoveryError(
    'publication-refused',
    `${count} outputs of run ${runId} are of no declared kind: a topic that is rebuilt without them would lack them`,
    { hint: 'declare the kind of every output in the worker, then plan and recover again' },
  );
}
