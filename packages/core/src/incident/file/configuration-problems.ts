import { z } from 'zod';
import { nearestName } from '../../worker/nearest-name.js';

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

/** Says what an unknown key probably means: the nearest name at its place, or the place where the name belongs. */
function describeUnknownKey(key: string, path: readonly PropertyKey[], root: z.ZodObject): string {
  const where = path.length === 0 ? '' : ` in "${path.join('.')}"`;
  const here = namesAt(path, root);
  const elsewhere = placesOf(key, root).filter((place) => place !== path.join('.'));
  const nearest = nearestName(key, here);
  if (nearest === null && elsewhere[0] !== undefined) {
    const place = elsewhere[0] === '' ? 'at the top level' : `under "${elsewhere[0]}"`;
    return `unknown key "${key}"${where}: it belongs ${place}`;
  }
  if (nearest === null) return `unknown key "${key}"${where}; known are ${here.join(', ')}`;
  return `unknown key "${key}"${where}: did you mean "${nearest}"?`;
}

function namesAt(path: readonly PropertyKey[], root: z.ZodObject): string[] {
  let schema: z.core.$ZodType = root;
  for (const part of path) {
    const inner = objectIn(schema)?.shape[String(part)] as z.core.$ZodType | undefined;
    if (inner === undefined) return [];
    schema = inner;
  }
  return Object.keys(objectIn(schema)?.shape ?? {});
}

/** Where in the file a name is known: '' for the top level. */
function placesOf(key: string, root: z.ZodObject): string[] {
  const top = root.shape as Readonly<Record<string, z.core.$ZodType>>;
  const nested = Object.keys(top).filter((name) => key in (objectIn(top[name])?.shape ?? {}));
  return key in top ? ['', ...nested] : nested;
}

function objectIn(schema: z.core.$ZodType | undefined): z.ZodObject | null {
  if (schema instanceof z.ZodObject) return schema;
  if (schema instanceof z.ZodOptional) return objectIn(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.map(objectIn).find((option) => option !== null) ?? null;
  return null;
}
