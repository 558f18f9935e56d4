import type { WorkerBasis } from '../../worker/worker-instance.js';
import type { SideState } from './compared-key.js';

type Measure = (state: unknown, key: string) => number;

/** What the measures of a worker make of one state, in the order in which it declares them. */
export type Measurer = (state: SideState) => readonly number[];

/** A state that a measure makes no number of is NaN: no sum holds it. */
export function measurerOf(instance: WorkerBasis): Measurer {
  const measures = Object.values((instance.worker.measures ?? {}) as Readonly<Record<string, Measure>>);
  if (measures.length === 0) return () => [];
  return ({ key, text }) => {
    const state = instance.decodeState(JSON.parse(text));
    return measures.map((measure) => numberOf(measure, state, key));
  };
}

function numberOf(measure: Measure, state: unknown, key: string): number {
  try {
    return measure(state, key);
  } catch {
    return NaN;
  }
}
