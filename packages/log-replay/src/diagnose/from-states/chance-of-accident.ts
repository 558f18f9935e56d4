/** States by key in their comparable form; null for a key without one. */
export type ComparableStates = ReadonlyMap<string, string | null>;

/** A fault is stated of states alone only where an accident explains them this seldom. */
export const mostChance = 1 / 1000;

/** Which share of the values near a fraction are hit by accident: none that matters. */
const fractions = 1e6;
/** How many values something other than a number may have, and how many ways there are to be there or not at all. */
const texts = 10;
const absences = 1000;

/**
 * How likely one of the handlings that were tried leads to the recorded states by accident, where in truth an event came to
 * some wrong result. A wrong result may be any value; so what counts is how densely the handlings that were tried lie about
 * the right value, as far off as the recorded one is and twice as far.
 * @param outcomes of the handlings that were tried, each once
 */
export function chanceOfAccident(
  right: ComparableStates,
  recorded: ComparableStates,
  outcomes: Iterable<ComparableStates>,
): number {
  const rightLeaves = leavesOf(right);
  const recordedLeaves = leavesOf(recorded);
  const paths = [...new Set([...rightLeaves.keys(), ...recordedLeaves.keys()])].filter(
    (path) => rightLeaves.get(path) !== recordedLeaves.get(path),
  );
  const near = new Set<string>();
  let whole = true;
  for (const outcome of outcomes) {
    const leaves = leavesOf(outcome);
    const values = paths.map((path) => leaves.get(path));
    if (
      !values.every((value, index) => isNear(value, at(rightLeaves, paths, index), at(recordedLeaves, paths, index)))
    ) {
      continue;
    }
    whole &&= values.every((value) => typeof value !== 'number' || Number.isInteger(value));
    if (values.some((value, index) => value !== at(rightLeaves, paths, index))) near.add(JSON.stringify(values));
  }
  const possible = paths.reduce(
    (product, path) => product * valuesBetween(rightLeaves.get(path), recordedLeaves.get(path), whole),
    1,
  );
  return near.size / possible;
}

type Leaf = string | number | boolean | null | undefined;

function at(leaves: ReadonlyMap<string, Leaf>, paths: readonly string[], index: number): Leaf {
  return leaves.get(paths[index] as string);
}

function isNear(value: Leaf, right: Leaf, recorded: Leaf): boolean {
  if (typeof right !== 'number' || typeof recorded !== 'number') return true;
  return typeof value === 'number' && Math.abs(value - right) <= 2 * Math.abs(recorded - right);
}

function valuesBetween(right: Leaf, recorded: Leaf, whole: boolean): number {
  if (typeof right === 'number' && typeof recorded === 'number') {
    const isWhole = whole && Number.isInteger(right) && Number.isInteger(recorded);
    return isWhole ? 4 * Math.abs(recorded - right) + 1 : fractions;
  }
  if (right === undefined || recorded === undefined) return absences;
  return typeof right === 'boolean' || typeof recorded === 'boolean' ? 2 : texts;
}

function leavesOf(states: ComparableStates): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const walk = (path: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) walk(`${path}.${name}`, inner);
    } else leaves.set(path, value as Leaf);
  };
  for (const [key, text] of states) if (text !== null) walk(JSON.stringify(key), JSON.parse(text));
  return leaves;
}
