import { canonicalJson } from '../../model/json/canonical-json.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';

/**
 * The text of a state by which it is compared with the service's: fields sorted, volatile ones dropped by the worker's
 * `normalise`.
 */
export function comparableState(instance: WorkerBasis, stored: unknown, key: string): string {
  const normalise = instance.worker.normalise as ((state: unknown, key: string) => unknown) | undefined;
  return canonicalJson(normalise === undefined ? stored : normalise(instance.decodeState(stored), key));
}

/** Short enough for a line of a report. */
export function shortened(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
