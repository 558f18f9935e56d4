import { fieldPath } from '../../model/json/first-difference.js';
import { sameJson } from '../../model/json/same-json.js';

/** One field in which two values differ; a side that does not have it is undefined. */
export interface FieldDifference {
  /** `$.total`; `[*]` stands for any item of a list. */
  readonly path: string;
  readonly expected: unknown;
  readonly recorded: unknown;
}

/** A state of thousands of fields that all differ says no more than its first ones. */
const most = 100;

/** All fields in which two plain JSON values differ, in the order of the expected one's; the first hundred. */
export function fieldDifferences(expected: unknown, recorded: unknown): readonly FieldDifference[] {
  const found: FieldDifference[] = [];
  collect(expected, recorded, '$', found);
  return found;
}

function collect(expected: unknown, recorded: unknown, path: string, found: FieldDifference[]): void {
  if (found.length === most || sameJson(expected, recorded)) return;
  if (Array.isArray(expected) && Array.isArray(recorded)) {
    if (expected.length !== recorded.length) {
      found.push({ path: `${path}.length`, expected: expected.length, recorded: recorded.length });
    }
    const length = Math.min(expected.length, recorded.length);
    for (let index = 0; index < length; index++) collect(expected[index], recorded[index], `${path}[*]`, found);
    return;
  }
  if (!isRecord(expected) || !isRecord(recorded)) {
    found.push({ path, expected, recorded });
    return;
  }
  for (const name of new Set([...Object.keys(expected), ...Object.keys(recorded)])) {
    const at = fieldPath(path, name);
    if (!Object.hasOwn(expected, name)) found.push({ path: at, expected: undefined, recorded: recorded[name] });
    else if (!Object.hasOwn(recorded, name)) found.push({ path: at, expected: expected[name], recorded: undefined });
    else collect(expected[name], recorded[name], at, found);
    if (found.length === most) return;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
