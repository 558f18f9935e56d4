let collator: Intl.Collator | undefined;

/** Orders names as people count: `day-2` before `day-10`, and `2026-01-09` before `2026-01-10`. */
export function compareNaturally(a: string, b: string): number {
  collator ??= new Intl.Collator('en', { numeric: true, sensitivity: 'variant' });
  return collator.compare(a, b) || (a < b ? -1 : Number(a > b));
}
