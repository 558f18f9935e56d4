import type { JsonPath } from './json-path.js';

/** The numbers of a state and where they stand; those in lists are left out. */
export function numbersIn(state: unknown): readonly { readonly path: JsonPath; readonly value: number }[] {
  if (typeof state === 'number') return [{ path: [], value: state }];
  if (typeof state !== 'object' || state === null || Array.isArray(state)) return [];
  return Object.entries(state).flatMap(([name, inner]) =>
    numbersIn(inner).map(({ path, value }) => ({ path: [name, ...path], value })),
  );
}
