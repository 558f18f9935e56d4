import type { z } from 'zod';
import { describeUnknownKey } from './unknown-key.js';

/** Something wrong in a configuration. */
export interface Problem {
  /** Null where it was not read from a file. */
  readonly line: number | null;
  readonly text: string;
}

/** What was checked, and where things stand in it. */
export interface CheckedConfiguration {
  readonly schema: z.ZodObject;
  readonly lineOf: (path: readonly PropertyKey[]) => number | null;
  readonly has: (path: readonly PropertyKey[]) => boolean;
  /** A line that such a file could have. */
  readonly example: string;
}

/** What an issue of the schema means to who wrote the configuration. */
export function problemsOf(issue: z.core.$ZodIssue, checked: CheckedConfiguration): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      line: checked.lineOf([...issue.path, key]),
      text: describeUnknownKey(key, issue.path, checked.schema),
    }));
  }
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    const meant = branchThatWasMeant(issue.errors);
    if (meant.length > 0) {
      return meant.flatMap((inner) => problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, checked));
    }
  }
  const name = issue.path.join('.');
  const line = checked.lineOf(issue.path);
  if (issue.path.length > 0 && !checked.has(issue.path)) return [{ line, text: `"${name}" is missing` }];
  if (name === '') return [{ line, text: `the file must be keys with values, such as "${checked.example}"` }];
  return [{ line, text: `"${name}" ${issue.message}` }];
}

/** Of several forms that a value may have: the one whose kind it is, so that its inner problems can be told. */
function branchThatWasMeant(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const ofKind = (branch: readonly z.core.$ZodIssue[]) =>
    !branch.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0);
  return branches.find(ofKind) ?? branches[0] ?? [];
}
