/** `shipping.country`; a name that is no identifier in quotes. */
export function fieldPath(path: string, name: string): string {
  const shown = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : JSON.stringify(name);
  return path === '' ? shown : `${path}.${shown}`;
}
