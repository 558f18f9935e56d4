import type { FileMetaData } from 'hyparquet';

/** Digits behind the point of the decimal columns at the top level. */
export function decimalScales(metadata: FileMetaData): ReadonlyMap<string, number> {
  const scales = new Map<string, number>();
  for (const element of metadata.schema) {
    if (element.converted_type === 'DECIMAL') scales.set(element.name, element.scale ?? 0);
  }
  return scales;
}

/**
 * The number nearest to the decimal: the library multiplies by a power of ten, which makes 0.57 of 57 cents
 * 0.5700000000000001.
 * @throws Error for a decimal with more digits than a number can hold: the library has lost them already.
 */
export function roundDecimal(value: unknown, scale: number): unknown {
  if (typeof value !== 'number') return value;
  if (Math.abs(value) * 10 ** scale > Number.MAX_SAFE_INTEGER) {
    throw new Error('a decimal has more digits than can be read without loss; cast the column to text');
  }
  return Number(value.toFixed(scale));
}
