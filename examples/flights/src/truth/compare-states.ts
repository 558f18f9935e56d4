import { readFileSync } from 'node:fs';

export interface StateAgreement {
  readonly keys: number;
  readonly equal: number;
  /** Keys that are not equal to the last bit, or that only one side has. */
  readonly differing: readonly string[];
}

/**
 * Holds exported states (`eventmend export RUN --what state`) against the true ones. Numbers in JSON are written with as
 * many digits as tell them from all others, so equal text is equality to the last bit.
 */
export function compareStates(exported: string, truth: string): StateAgreement {
  const recovered = readStates(exported);
  const right = readStates(truth);
  const keys = [...new Set([...right.keys(), ...recovered.keys()])].sort();
  const differing = keys.filter((key) => recovered.get(key) !== right.get(key));
  return { keys: keys.length, equal: keys.length - differing.length, differing };
}

function readStates(path: string): ReadonlyMap<string, string> {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const { key, state } = JSON.parse(line) as { readonly key: string; readonly state: object };
      return [key, JSON.stringify(state, Object.keys(state).sort())];
    }),
  );
}
