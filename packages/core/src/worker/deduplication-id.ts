import { isWellFormedText } from '../model/json/well-formed-text.js';
import { describeThrown, workerFailure } from './worker-failures.js';
import type { Worker, WorkerEvent } from './worker.js';

/**
 * The business id that a worker's deduplication goes by; null where it has none.
 * @throws RecoveryError `worker-failed`
 */
export function deduplicationIdOf(worker: Worker, event: WorkerEvent): string | null {
  const { deduplicate } = worker;
  if (deduplicate === undefined) return null;
  let id: unknown;
  try {
    id = deduplicate.id(event as never);
  } catch (cause) {
    throw workerFailure('worker-failed', worker, event, `deduplicate.id threw ${describeThrown(cause)}`, { cause });
  }
  if (id === null || isWellFormedText(id)) return id;
  throw workerFailure('worker-failed', worker, event, `deduplicate.id gave ${describeThrown(id)}`, {
    hint: 'return a text, or null for an event without an id',
  });
}
