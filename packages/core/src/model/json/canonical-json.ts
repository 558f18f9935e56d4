/**
 * The text of plain JSON data that does not depend on the order in which fields were set: names sorted by code unit, no
 * white space, numbers and strings as `JSON.stringify` writes them. For digests only; storage keeps the order of fields.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'object':
      return value === null
        ? 'null'
        : Array.isArray(value)
          ? arrayText(value)
          : objectText(value as Record<string, unknown>);
    case 'number':
      return numberText(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return JSON.stringify(value);
  }
}

/** True where `JSON.stringify` writes plain JSON data as `canonicalJson` does: all names are sorted. Quicker than to write it again. */
export function isCanonical(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isCanonical);
  const names = Object.keys(value);
  if (!isSorted(names)) return false;
  for (const name of names) {
    const field = (value as Record<string, unknown>)[name];
    if (typeof field === 'object' && field !== null && !isCanonical(field)) return false;
  }
  return true;
}

function numberText(value: number): string {
  // `${-0}` is "0", as JSON.stringify has it.
  return value - value === 0 ? `${value}` : 'null';
}

function objectText(value: Record<string, unknown>): string {
  const names = Object.keys(value);
  if (!isSorted(names)) names.sort(byCodeUnit);
  let text = '{';
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    text += (index === 0 ? '' : ',') + JSON.stringify(name) + ':' + canonicalJson(value[name]);
  }
  return text + '}';
}

function arrayText(items: readonly unknown[]): string {
  let text = '[';
  for (let index = 0; index < items.length; index++) text += (index === 0 ? '' : ',') + canonicalJson(items[index]);
  return text + ']';
}

function isSorted(names: readonly string[]): boolean {
  for (let index = 1; index < names.length; index++)
    if ((names[index - 1] as string) > (names[index] as string)) return false;
  return true;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
