import { canonicalJson } from '../../model/json/canonical-json.js';

/** Two numbers as near as this are the same one rounded, which a comparison still sees. */
const nearRelative = 1e-3;
const nearAbsolute = 0.01;

/**
 * The fields of a state that its normalised form does not show any more, so that nothing was compared there: `$.cache`,
 * `$.items[].at`.
 */
export function droppedFields(state: unknown, normalised: unknown, path = '$'): ReadonlySet<string> {
  const dropped = new Set<string>();
  collect(state, normalised, path, dropped);
  return dropped;
}

function collect(state: unknown, left: unknown, path: string, dropped: Set<string>): void {
  if (state === undefined || state === left) return;
  if (Array.isArray(state) && Array.isArray(left)) {
    collectItems(state, left, path, dropped);
    return;
  }
  if (isFields(state) && isFields(left)) {
    for (const [name, member] of Object.entries(state)) {
      if (Object.hasOwn(left, name)) collect(member, left[name], `${path}.${name}`, dropped);
      else if (member !== undefined) dropped.add(`${path}.${name}`);
    }
    return;
  }
  if (typeof state === 'number' && typeof left === 'number' && isNear(state, left)) return;
  if (isFields(state) && isEmptyForm(state)) return;
  dropped.add(path);
}

function collectItems(state: readonly unknown[], left: readonly unknown[], path: string, dropped: Set<string>): void {
  const texts = (items: readonly unknown[]): string => JSON.stringify(items.map((item) => canonicalJson(item)).sort());
  // Sorted, every item is still compared.
  if (state.length === left.length && texts(state) === texts(left)) return;
  if (state.length !== left.length) dropped.add(`${path}[]`);
  else state.forEach((item, index) => collect(item, left[index], `${path}[]`, dropped));
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A Map or a Date of a codec has no fields to look into; it counts as dropped only with the whole state. */
function isEmptyForm(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype && Object.keys(value).length === 0;
}

function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) <= Math.max(nearAbsolute, nearRelative * Math.abs(one));
}
