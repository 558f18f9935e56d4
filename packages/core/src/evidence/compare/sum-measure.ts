import type { WorkerBasis } from '../../worker/worker-instance.js';

type Measure = (state: unknown, key: string) => number;

/** What a measure of the worker comes to, over some keys or all, in the order of the keys, so that a sum of fractions is the same every time. */
export function sumMeasure(
  instance: WorkerBasis,
  name: string,
  states: ReadonlyMap<string, unknown>,
  keys?: readonly string[],
): number {
  const measure = (instance.worker.measures as Readonly<Record<string, Measure>> | undefined)?.[name];
  if (measure === undefined) return NaN;
  let sum = 0;
  const summed = keys === undefined ? [...states.keys()] : [...new Set(keys)].filter((key) => states.has(key));
  for (const key of summed.sort()) sum += measure(instance.decodeState(states.get(key)), key);
  return sum;
}
