export type Scalar = string | number | boolean | null;

const maxDepth = 3;
const maxTextLength = 60;

/** The fields of a value that hold a number, a short text, a truth value or null, by path; lists are passed over. */
export function* scalarFields(value: unknown, path = '', depth = 0): Generator<[path: string, value: Scalar]> {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') yield [path, value];
  else if (typeof value === 'string') {
    if (value.length <= maxTextLength) yield [path, value];
  } else if (typeof value === 'object' && !Array.isArray(value) && depth < maxDepth) {
    for (const [name, inner] of Object.entries(value)) yield* scalarFields(inner, fieldPath(path, name), depth + 1);
  }
}

/** `shipping.country`; a name that is no identifier in quotes. */
function fieldPath(path: string, name: string): string {
  const shown = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : JSON.stringify(name);
  return path === '' ? shown : `${path}.${shown}`;
}
