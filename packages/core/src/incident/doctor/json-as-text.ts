import type { Remark } from './finding.js';

/** Says which values are JSON that nobody read as such: everything that is compared with them would differ. */
export function jsonAsText(key: string, values: readonly unknown[]): readonly Remark[] {
  const keys = new Set<string>();
  for (const value of values) {
    if (isJsonText(value)) keys.add(key);
    if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) if (isJsonText(one)) keys.add(`${key}.columns.${name}`);
  }
  return [...keys].map((named) => ({ severity: 'doubt', key: named, kind: 'json-as-text' }));
}

/** Objects and lists only: a number may well be meant as a text. */
function isJsonText(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
