/** Where two values first differ, and how. */
export interface Difference {
  /** `$.orders[3].total`; `$` is the value itself. */
  readonly path: string;
  readonly left: unknown;
  readonly right: unknown;
}

/**
 * The first difference of two plain JSON values in the order of the left one's fields, or null when they are equal. The
 * order of fields is no difference, and neither is the sign of zero. A field that is not there is given as undefined.
 */
export function firstDifference(left: unknown, right: unknown): Difference | null {
  return difference(left, right, '$');
}

function difference(left: unknown, right: unknown, path: string): Difference | null {
  if (left === right || (left !== left && right !== right)) return null;
  if (Array.isArray(left) && Array.isArray(right)) return itemDifference(left, right, path);
  if (!isRecord(left) || !isRecord(right)) return { path, left, right };
  for (const name of Object.keys(left)) {
    const other = Object.hasOwn(right, name) ? right[name] : undefined;
    const found = difference(left[name], other, fieldPath(path, name));
    if (found !== null) return found;
  }
  for (const name of Object.keys(right)) {
    if (!Object.hasOwn(left, name)) return { path: fieldPath(path, name), left: undefined, right: right[name] };
  }
  return null;
}

function itemDifference(left: readonly unknown[], right: readonly unknown[], path: string): Difference | null {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const found = difference(left[index], right[index], `${path}[${index}]`);
    if (found !== null) return found;
  }
  return null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The path of a field: `$.total`, or `$["two words"]` for a name that is no identifier. */
export function fieldPath(path: string, name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
