/** A dotted path taken apart, once, for a path that is followed often. */
export type JsonPath = readonly string[];

/** '' is the value itself. */
export function parsePath(path: string): JsonPath {
  return path === '' ? [] : path.split('.');
}

/** What stands at a path of a value; undefined where nothing does. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  let found = value;
  for (let index = 0; index < path.length; index++) {
    const name = path[index] as string;
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}

/** A copy of a value with something else at a path; the order of its fields stays, and nothing is changed in place. */
export function withValueAt(value: unknown, [name, ...rest]: JsonPath, put: unknown): unknown {
  if (name === undefined) return put;
  if (Array.isArray(value) && /^\d+$/.test(name) && Number(name) < value.length) {
    return value.map((item: unknown, index) => (index === Number(name) ? withValueAt(item, rest, put) : item));
  }
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const at = entries.findIndex(([known]) => known === name);
  const entry: [string, unknown] = [name, withValueAt(at < 0 ? undefined : entries[at]?.[1], rest, put)];
  if (at < 0) entries.push(entry);
  else entries[at] = entry;
  // From entries, so that a field called __proto__ is one like any other.
  return Object.fromEntries(entries);
}
