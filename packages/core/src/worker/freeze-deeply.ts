/** Freezes a value and everything in it. Bytes cannot be frozen and stay as they are; what is frozen already is trusted. */
export function freezeDeeply(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return;
  Object.freeze(value);
  for (const name of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[name];
    if (typeof part === 'object' && part !== null) freezeDeeply(part);
  }
}
