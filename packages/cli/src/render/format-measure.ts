/** As many decimals as tell the ends of a range apart. */
export function formatMeasure(value: number, width: number): string {
  const digits = width === 0 ? 6 : Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(width))));
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
