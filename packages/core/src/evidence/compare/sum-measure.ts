import type { WorkerBasis } from '../../worker/worker-instance.js';
import { SumAsWritten } from './sum-as-written.js';

type Measure = (state: unknown, key: string) => number;

/** What a measure of the worker comes to, over some keys or all. */
export function sumMeasure(
  instance: WorkerBasis,
  name: string,
  states: ReadonlyMap<string, unknown>,
  keys?: readonly string[],
): number {
  return sumOfMeasure(instance, name, states, keys)?.value ?? NaN;
}

/** The same as a sum that sums of other states can be added to; null where the worker has no such measure. */
export function sumOfMeasure(
  instance: WorkerBasis,
  name: string,
  states: ReadonlyMap<string, unknown>,
  keys?: readonly string[],
): SumAsWritten | null {
  const measure = (instance.worker.measures as Readonly<Record<string, Measure>> | undefined)?.[name];
  if (measure === undefined) return null;
  const summed = keys === undefined ? [...states.keys()] : [...new Set(keys)].filter((key) => states.has(key));
  const sum = new SumAsWritten();
  for (const key of summed) sum.add(measure(instance.decodeState(states.get(key)), key));
  return sum;
}
