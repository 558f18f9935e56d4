import type { WorkerBasis } from '../../worker/worker-instance.js';
import { sumAsWritten } from './sum-as-written.js';

type Measure = (state: unknown, key: string) => number;

/** What a measure of the worker comes to, over some keys or all. */
export function sumMeasure(
  instance: WorkerBasis,
  name: string,
  states: ReadonlyMap<string, unknown>,
  keys?: readonly string[],
): number {
  const measure = (instance.worker.measures as Readonly<Record<string, Measure>> | undefined)?.[name];
  if (measure === undefined) return NaN;
  const summed = keys === undefined ? [...states.keys()] : [...new Set(keys)].filter((key) => states.has(key));
  return sumAsWritten(summed.map((key) => measure(instance.decodeState(states.get(key)), key)));
}
