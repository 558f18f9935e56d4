/**
 * A copy of plain JSON data that no later change of the original reaches. Copying costs a tenth of writing the text, so
 * that many values can be written together later on. For values that `countNegativeZeros` let pass, so without cycles.
 */
export function copyPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyPlain);
  // Spreading keeps the hidden class, which building field by field would lose.
  const copy = { ...value } as Record<string, unknown>;
  for (const name in copy) {
    const field = copy[name];
    if (typeof field === 'object' && field !== null) copy[name] = copyPlain(field);
  }
  return copy;
}
