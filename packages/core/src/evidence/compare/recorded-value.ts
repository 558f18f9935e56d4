import { fieldPath, firstDifference, type Difference } from '../../model/json/first-difference.js';
import type { OutputDeclaration } from '../../model/outputs/output.js';

/** How far numbers at paths of an output may be off, by `$.total`: as the worker declares that its service rounds them. */
export type Tolerances = ReadonlyMap<string, number>;

const none: Tolerances = new Map();

/** Numbers that languages compute in another order differ in their last bits, and in no more. */
const lastBits = 1e-12;

/** The tolerances of an output, from what its declaration says of the states that it reveals. */
export function tolerancesOf(declaration: OutputDeclaration | undefined): Tolerances {
  const tolerances = new Map<string, number>();
  for (const { fields, within = {} } of declaration?.reveals ?? []) {
    for (const [ofState, path] of Object.entries(fields)) {
      const most = within[ofState] ?? 0;
      if (most <= 0) continue;
      const at = path === '' ? '$' : path.split('.').reduce(fieldPath, '$');
      tolerances.set(at, Math.max(most, tolerances.get(at) ?? 0));
    }
  }
  return tolerances.size === 0 ? none : tolerances;
}

/**
 * Where a recorded value is another than the one that is expected; null where it is the same as far as anybody can tell.
 * An absent field is as good as null; a number may be off by its tolerance, and a fraction in its last bits.
 */
export function recordedDifference(
  expected: unknown,
  recorded: unknown,
  tolerances: Tolerances = none,
): Difference | null {
  const found = firstDifference(expected, recorded);
  return found === null ? null : difference(expected, recorded, '$', tolerances);
}

/** The same question as `recordedDifference(…) === null`, several times faster because it builds no paths that nobody needs. */
export function sameRecorded(expected: unknown, recorded: unknown, tolerances: Tolerances = none): boolean {
  return isSame(expected, recorded, tolerances.size === 0 ? null : '$', tolerances);
}

/** True for two numbers that are the same as far as anybody can tell. */
export function sameNumber(expected: number, recorded: number, within: number): boolean {
  const off = Math.abs(expected - recorded);
  // Half a unit is not exact in binary.
  if (within > 0 && off <= within * (1 + 1e-9) + Math.abs(recorded) * lastBits) return true;
  if (Number.isInteger(expected) && Number.isInteger(recorded)) return off === 0;
  return off <= Math.max(Math.abs(expected), Math.abs(recorded)) * lastBits;
}

function difference(left: unknown, right: unknown, path: string, tolerances: Tolerances): Difference | null {
  if (left === right || ((left ?? null) === null && (right ?? null) === null)) return null;
  if (typeof left === 'number' && typeof right === 'number') {
    return sameNumber(left, right, tolerances.get(path) ?? 0) ? null : { path, left, right };
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let index = 0; index < Math.max(left.length, right.length); index++) {
      const found = difference(left[index], right[index], `${path}[${index}]`, tolerances);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isRecord(left) || !isRecord(right)) return { path, left, right };
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const found = difference(own(left, name), own(right, name), fieldPath(path, name), tolerances);
    if (found !== null) return found;
  }
  return null;
}

/** @param path null where no tolerance is looked up by it */
function isSame(left: unknown, right: unknown, path: string | null, tolerances: Tolerances): boolean {
  if (left === right || ((left ?? null) === null && (right ?? null) === null)) return true;
  if (typeof left === 'number' && typeof right === 'number') {
    return sameNumber(left, right, path === null ? 0 : (tolerances.get(path) ?? 0));
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let index = 0; index < Math.max(left.length, right.length); index++) {
      if (!isSame(left[index], right[index], path === null ? null : `${path}[${index}]`, tolerances)) return false;
    }
    return true;
  }
  if (!isRecord(left) || !isRecord(right)) return false;
  for (const name of Object.keys(left)) {
    const at = path === null ? null : fieldPath(path, name);
    if (!isSame(left[name], own(right, name), at, tolerances)) return false;
  }
  return Object.keys(right).every((name) => Object.hasOwn(left, name) || (right[name] ?? null) === null);
}

function own(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
