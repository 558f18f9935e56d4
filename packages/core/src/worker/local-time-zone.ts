import { RecoveryError } from '../model/errors/recovery-error.js';
import type { Worker } from './worker.js';

/** The one name of a time zone that has several; null for what is none. An empty `TZ` is one that nobody knows, and counts as UTC. */
export function canonicalTimeZone(name: string): string | null {
  if (name === 'Etc/Unknown') return canonicalTimeZone('UTC');
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/**
 * @throws RecoveryError `other-time-zone` where the worker says which local time it reads, and this process has another one
 */
export function checkTimeZone({ name, timeZone }: Worker): void {
  if (timeZone === undefined) return;
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (canonicalTimeZone(here) === canonicalTimeZone(timeZone)) return;
  throw new RecoveryError(
    'other-time-zone',
    `worker ${name} reads the local time of ${timeZone}, and this process has that of ${here}`,
    { hint: `start it with TZ=${timeZone} in the environment` },
  );
}
