/** Plain JSON as text, with -0 as `-0`, which JSON reads back and `JSON.stringify` does not write. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return holdsNegativeZero(value) ? writeOut(value) : text;
}

function holdsNegativeZero(value: unknown): boolean {
  if (typeof value === 'number') return Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return false;
  for (const name in value) if (holdsNegativeZero((value as Record<string, unknown>)[name])) return true;
  return false;
}

function writeOut(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeOut).join(',')}]`;
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}:${writeOut(member)}`)
    .join(',')}}`;
}
