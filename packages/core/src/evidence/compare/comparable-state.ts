import { canonicalJson } from '../../model/json/canonical-json.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import { quoteKey } from '../../worker/worker-failures.js';

type Normalise = (state: unknown, key: string) => unknown;

/**
 * The text of a state by which it is compared with the service's: fields sorted, volatile ones dropped by the worker's
 * `normalise`.
 * @throws RecoveryError `unusable-normalise` where `normalise` returns what cannot be compared
 */
export function comparableState(instance: WorkerBasis, stored: unknown, key: string): string {
  return canonicalJson(normalisedState(instance, stored, key));
}

/** The state as it is compared. @throws RecoveryError `unusable-normalise` */
export function normalisedState(instance: WorkerBasis, stored: unknown, key: string): unknown {
  const normalise = instance.worker.normalise as Normalise | undefined;
  if (normalise === undefined) return stored;
  const normalised = normalise(instance.decodeState(stored), key);
  const wrong = whyNotComparable(normalised, '$');
  if (wrong === null) return normalised;
  throw unusableNormalise(instance, `for key ${quoteKey(key)} it returns ${wrong}`);
}

export function unusableNormalise({ worker }: WorkerBasis, what: string): RecoveryError {
  return new RecoveryError('unusable-normalise', `the normalise of worker ${worker.name}: ${what}`, {
    hint: 'return the state without its volatile fields, such as ({ cache, ...rest }) => rest; what is left is what is compared',
    details: { worker: worker.name },
  });
}

/** What makes two different states look the same: nothing, what is no number, and objects whose content JSON does not show. */
function whyNotComparable(value: unknown, path: string): string | null {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return null;
    case 'number':
      return Number.isFinite(value) ? null : `${value} at ${path}`;
    case 'object':
      break;
    case 'undefined':
      return path === '$' ? 'nothing' : `nothing at ${path}`;
    default:
      return `a ${typeof value} at ${path}`;
  }
  if (value === null) return null;
  if (Array.isArray(value)) return firstOf(value.map((item, index) => whyNotComparable(item, `${path}[${index}]`)));
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  if (prototype !== Object.prototype && prototype !== null) {
    return `a ${prototype.constructor?.name ?? 'special object'} at ${path}`;
  }
  // A member that is set to undefined is one that was dropped.
  return firstOf(
    Object.entries(value).map(([name, member]) =>
      member === undefined ? null : whyNotComparable(member, `${path}.${name}`),
    ),
  );
}

function firstOf(reasons: readonly (string | null)[]): string | null {
  return reasons.find((reason) => reason !== null) ?? null;
}

/** Short enough for a line of a report. */
export function shortened(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
