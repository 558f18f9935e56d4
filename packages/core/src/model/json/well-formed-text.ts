/** True for a string without halves of surrogate pairs: UTF-8 can write it, and gives it back as it was. */
export function isWellFormedText(value: unknown): value is string {
  return typeof value === 'string' && (value as string & { isWellFormed(): boolean }).isWellFormed();
}
