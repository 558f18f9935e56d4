/**
 * What a comparison should find, written down in plain loops over plain maps, before there was a comparison and without a line of it.
 * It knows nothing of streams, orders of keys, fast paths or decimals that are added as they come.
 */

export interface PlainSide {
  readonly id: string;
  readonly states: ReadonlyMap<string, { readonly state: unknown; readonly fidelity: string | null }>;
  /** What is said of keys that it has no state of. */
  readonly absence: string | null;
  /** By key, by id. */
  readonly outputs: ReadonlyMap<string, ReadonlyMap<string, unknown>> | null;
  readonly isComparable: boolean;
  readonly undetermined: ReadonlySet<string>;
}

export interface PlainResult {
  keys: number;
  fidelity: Record<string, number>;
  states: Record<'same' | 'differing' | 'missing' | 'surplus' | 'undetermined', number> | null;
  wrongAs: Record<string, number>;
  outputs: Record<'same' | 'differing' | 'missing' | 'surplus', number> | null;
  sum: number;
  reference: number | null;
  offByKey: number | null;
  /** Keys and findings of everything that is not the same. */
  wrong: Map<string, string>;
}

/** Two values that mean the same, whatever the order of their fields. */
function means(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(means).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = value as Record<string, unknown>;
  return `{${Object.keys(fields)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${means(fields[name])}`)
    .join()}}`;
}

export function comparePlainly(
  side: PlainSide,
  reference: PlainSide | null,
  normalise: (state: unknown) => unknown,
  measure: (state: unknown) => number,
): PlainResult {
  const result: PlainResult = {
    ...{ keys: 0, fidelity: {}, wrongAs: {}, sum: 0, reference: null, offByKey: null },
    ...{ states: null, outputs: null, wrong: new Map<string, string>() },
  };
  for (const { state, fidelity } of side.states.values()) {
    result.keys += 1;
    if (fidelity !== null) result.fidelity[fidelity] = (result.fidelity[fidelity] ?? 0) + 1;
    result.sum += measure(state);
  }
  if (reference === null || !side.isComparable) return result;
  result.reference = 0;
  for (const { state } of reference.states.values()) result.reference += measure(state);
  result.states = { same: 0, differing: 0, missing: 0, surplus: 0, undetermined: 0 };
  result.offByKey = 0;
  for (const key of new Set([...side.states.keys(), ...reference.states.keys()])) {
    const mine = side.states.get(key);
    const theirs = reference.states.get(key);
    const isSame =
      mine !== undefined && theirs !== undefined && means(normalise(mine.state)) === means(normalise(theirs.state));
    if (isSame) {
      result.states.same += 1;
      continue;
    }
    result.offByKey += Math.abs(
      (mine === undefined ? 0 : measure(mine.state)) - (theirs === undefined ? 0 : measure(theirs.state)),
    );
    if (side.undetermined.has(key)) {
      result.states.undetermined += 1;
      result.wrong.set(key, 'undetermined');
      continue;
    }
    const word = mine === undefined ? 'missing' : theirs === undefined ? 'surplus' : 'differs';
    result.states[word === 'differs' ? 'differing' : word] += 1;
    result.wrong.set(key, word);
    const said = mine === undefined ? side.absence : mine.fidelity;
    if (said !== null) result.wrongAs[said] = (result.wrongAs[said] ?? 0) + 1;
  }
  if (side.outputs === null || reference.outputs === null) return result;
  result.outputs = { same: 0, differing: 0, missing: 0, surplus: 0 };
  for (const [key, outputs] of side.outputs) {
    for (const [id, value] of outputs) {
      const theirs = reference.outputs.get(key);
      if (theirs?.has(id) !== true) result.outputs.surplus += 1;
      else if (means(theirs.get(id)) === means(value)) result.outputs.same += 1;
      else result.outputs.differing += 1;
    }
  }
  for (const [key, outputs] of reference.outputs) {
    for (const id of outputs.keys()) if (side.outputs.get(key)?.has(id) !== true) result.outputs.missing += 1;
  }
  return result;
}
