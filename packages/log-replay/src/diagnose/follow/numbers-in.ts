import type { JsonPath } from './json-path.js';

/** The numbers of a state and where they stand; those in lists are left out. */
export function numbersIn(state: unknown): readonly { readonly path: JsonPath; readonly value: number }[] {
  if (typeof state === 'number') return [{ path: [], value: state }];
  if (typeof state !== 'object' || state === null || Array.isArray(state)) return [];
  return Object.entries(state).flatMap(([name, inner]) =>
    numbersIn(inner).map(({ path, value }) => ({ path: [name, ...path], value })),
  );
}

/**
 * How far numbers are moved to see whether they matter: by little, which no rounding hides, and by much, which no floor or ceiling
 * does, whatever amounts there are.
 */
export const movedBy = [1, -1, 100, -100, 10_000, -10_000, 10_000_000, -10_000_000] as const;
