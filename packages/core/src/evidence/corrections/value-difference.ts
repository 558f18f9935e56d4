/**
 * What must be added to `recorded` to come to `intended`: for numbers, or objects of numbers field by field, where a
 * missing field is 0. Undefined where the values are neither, or the difference is not finite.
 */
export function valueDifference(intended: unknown, recorded: unknown): unknown {
  if (typeof intended === 'number' && typeof recorded === 'number') return finite(intended - recorded);
  if (!isNumbers(intended) || !isNumbers(recorded)) return undefined;
  const fields: [name: string, value: number][] = [];
  for (const name of new Set([...Object.keys(intended), ...Object.keys(recorded)])) {
    const difference = finite(numberOf(intended, name) - numberOf(recorded, name));
    if (difference === undefined) return undefined;
    fields.push([name, difference]);
  }
  return Object.fromEntries(fields);
}

/** What takes a delta back, where it is of numbers. */
export function negated(recorded: unknown): unknown {
  return valueDifference(typeof recorded === 'number' ? 0 : {}, recorded);
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value + 0 : undefined;
}

function numberOf(value: Readonly<Record<string, number>>, name: string): number {
  return Object.hasOwn(value, name) ? (value[name] ?? 0) : 0;
}

function isNumbers(value: unknown): value is Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((field) => typeof field === 'number');
}
