import { nearestName } from '../../worker/nearest-name.js';
import { z } from 'zod';

/** Says what an unknown key probably means: the nearest name at its place, or the place where the name belongs. */
export function describeUnknownKey(key: string, path: readonly PropertyKey[], root: z.ZodObject): string {
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
