/** What becomes of the value of one event: it raises or equals the watermark, or the watermark is carried over it. */
export type Placing = 'raises' | 'equal' | 'missing' | 'negative' | 'falling' | 'unconfirmed';

/** How far the watermark may rise without being confirmed; null for orders whose values are not times. */
export type MaxStep = number | null;

/**
 * Decides about one value. `valuesBehind` gives the values of the events behind it in the partition (NaN for none), as
 * many as the rule looks at; it is only asked for a large step of time.
 */
export function placeInOrder(
  value: number,
  watermark: number,
  maxStep: MaxStep,
  valuesBehind: () => readonly number[],
): Placing {
  if (Number.isNaN(value)) return 'missing';
  if (maxStep !== null && value < 0) return 'negative';
  if (value < watermark) return 'falling';
  if (value === watermark) return 'equal';
  if (maxStep === null || value - watermark <= maxStep) return 'raises';
  return isConfirmed(value, watermark, maxStep, valuesBehind()) ? 'raises' : 'unconfirmed';
}

function isConfirmed(value: number, watermark: number, maxStep: number, valuesBehind: readonly number[]): boolean {
  const usable = valuesBehind.filter((behind) => behind >= 0);
  if (usable.length === 0) return watermark === -Infinity;
  const confirming = usable.filter((behind) => behind >= value - maxStep);
  return confirming.length * 2 > usable.length;
}
