/** What another system says of the state of a key at a time: all of it, or some of its fields. Plain JSON. */
export type StateFact =
  /** `resets`: the value does not depend any more on anything in front of the fact. */
  | { readonly state: unknown; readonly resets: boolean }
  /** Paths into the state, and what is there. */
  | { readonly fields: readonly FactField[] };

export type FactField = readonly [path: readonly string[], value: unknown];

/** True for an object whose fields have names. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of a state; undefined where there is none. */
export function fieldAt(state: unknown, path: readonly string[]): unknown {
  let at = state;
  for (const name of path) {
    if (!isPlainObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}
