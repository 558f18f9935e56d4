/**
 * A copy of plain JSON that lacks the field at a path; of a list, each item lacks it. The value itself where it has no such field. What the
 * path does not lead through is shared with the value.
 */
export function withoutField(value: unknown, path: readonly string[], depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => withoutField(item, path, depth));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const name = path[depth] as string;
  if (!Object.hasOwn(value, name)) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  if (depth === path.length - 1) {
    return Object.fromEntries(Object.entries(fields).filter(([own]) => own !== name));
  }
  const inner = withoutField(fields[name], path, depth + 1);
  if (inner === fields[name]) return value;
  return Object.fromEntries(Object.entries(fields).map(([own, one]) => [own, own === name ? inner : one]));
}
