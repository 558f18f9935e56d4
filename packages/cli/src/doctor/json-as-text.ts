import { doubt, type Remark } from './finding.js';

/** Says which values are JSON that nobody read as such: everything that is compared with them would differ. */
export function jsonAsText(key: string, values: readonly unknown[]): readonly Remark[] {
  const names = new Set<string | null>();
  const note = (name: string | null, value: unknown): void => {
    if (isJsonText(value)) names.add(name);
  };
  for (const value of values) {
    note(null, value);
    if (typeof value === 'object' && value !== null) for (const [name, one] of Object.entries(value)) note(name, one);
  }
  return [...names].map((name) =>
    doubt(
      name === null ? key : `${key}.columns.${name}`,
      'it is a text here, and looks like JSON: a worker that gives the JSON agrees with none of it',
      'say so in the mapping: {column: NAME, type: json}',
    ),
  );
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
