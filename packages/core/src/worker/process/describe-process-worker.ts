import { RecoveryError } from '../../model/errors/recovery-error.js';
import { withoutField } from '../../model/json/without-field.js';
import { defineWorker } from '../define-worker.js';
import type { Worker, WorkerEvent } from '../worker.js';
import { isRecord, type Answer } from './read-answer.js';

/**
 * What a process says that it is, as a worker like any other: the same checks, the same defaults. Its keys and its
 * handler are asked for in batches, and not through this definition.
 * @throws RecoveryError `invalid-worker`
 */
export function describeProcessWorker(answer: Answer): Worker {
  const { name, version, topics, locality, numbers, outputs, state_version: stateVersion } = answer;
  const volatile = pathsOf(answer['volatile']);
  const asked = (): never => {
    throw new Error('a worker process is asked in batches');
  };
  return defineWorker({
    name,
    version,
    ...given('topics', topics),
    ...given('locality', locality),
    ...given('numbers', numbers),
    ...given('outputs', outputs),
    ...given('stateVersion', stateVersion),
    ...given('deduplicate', deduplicationOf(answer['deduplicate'])),
    ...(volatile.length === 0
      ? {}
      : { normalise: (state: unknown) => volatile.reduce((left: unknown, path) => withoutField(left, path), state) }),
    keys: asked,
    evolve: asked,
  } as never);
}

function given(property: string, value: unknown): object {
  return value === undefined || value === null ? {} : { [property]: value };
}

function deduplicationOf(value: unknown): object | undefined {
  if (value === undefined || value === null) return undefined;
  const id = isRecord(value) ? value['id'] : undefined;
  if (!isRecord(value) || typeof id !== 'string') {
    throw invalid('its deduplicate names no path', '"deduplicate":{"id":"order.id","window":10000}');
  }
  const path = id.split('.');
  return {
    id: (event: WorkerEvent) => {
      const found = path.reduce<unknown>((at, field) => (isRecord(at) ? at[field] : undefined), event.value);
      return typeof found === 'string' ? found : null;
    },
    window: value['window'],
  };
}

function pathsOf(volatile: unknown): readonly (readonly string[])[] {
  if (volatile === undefined || volatile === null) return [];
  if (Array.isArray(volatile) && volatile.every((path) => typeof path === 'string' && path !== '')) {
    return (volatile as readonly string[]).map((path) => path.split('.'));
  }
  throw invalid('its volatile is not a list of dotted paths', '"volatile":["lastWrite","cache.at"]');
}

function invalid(what: string, hint: string): RecoveryError {
  return new RecoveryError('invalid-worker', `the worker process is not a worker: ${what}`, { hint });
}
