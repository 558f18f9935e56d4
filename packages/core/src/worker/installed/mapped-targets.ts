/**
 * Conditions of an `exports` or `imports` map that never hold where workers run. All others count, whichever of them holds:
 * `import` and `require` both do, since a worker in TypeScript is loaded otherwise than one in JavaScript, and `--conditions`
 * may name any.
 */
const elsewhere: ReadonlySet<string> = new Set([
  ...['types', 'browser', 'react-native', 'electron', 'deno', 'bun', 'worker', 'workerd', 'edge-light', 'netlify'],
]);

/** All that a map of package.json may mean by this name (`.`, `./sub`, `#name`), in the order in which it says so. */
export function mappedTargets(map: unknown, name: string): readonly string[] {
  const entries = isMap(map) && Object.keys(map).some((key) => /^[.#]/.test(key)) ? map : { '.': map };
  const key = name in entries && !name.includes('*') ? name : closestPattern(Object.keys(entries), name);
  if (key === null) return [];
  const [before, after] = key.split('*') as [string, string?];
  const part = after === undefined ? '' : name.slice(before.length, name.length - after.length);
  return targetsIn(entries[key]).map((target) => target.replaceAll('*', () => part));
}

/** Of several patterns the one with the longest beginning counts, and of those the longest. */
function closestPattern(keys: readonly string[], name: string): string | null {
  const matching = keys.filter((key) => {
    const [before, after] = key.split('*');
    if (before === undefined || after === undefined || name.length < key.length) return false;
    return name.startsWith(before) && name.endsWith(after);
  });
  const rank = (key: string): number => key.indexOf('*');
  return matching.sort((a, b) => rank(b) - rank(a) || b.length - a.length)[0] ?? null;
}

function targetsIn(target: unknown): readonly string[] {
  if (typeof target === 'string') return [target];
  if (Array.isArray(target)) return target.flatMap(targetsIn);
  if (!isMap(target)) return [];
  return Object.entries(target).flatMap(([condition, inner]) =>
    elsewhere.has(condition) || condition.startsWith('types@') ? [] : targetsIn(inner),
  );
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
