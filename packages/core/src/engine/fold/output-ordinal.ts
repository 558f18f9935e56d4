import type { HandlerEffects } from '../../worker/worker-instance.js';

/** How many earlier outputs of the same event have the same name and key. */
export function ordinalOf(outputs: HandlerEffects['outputs'], index: number): number {
  const output = outputs[index] as HandlerEffects['outputs'][number];
  let ordinal = 0;
  for (let before = 0; before < index; before++) {
    const other = outputs[before] as HandlerEffects['outputs'][number];
    if (other.output === output.output && other.key === output.key) ordinal++;
  }
  return ordinal;
}
