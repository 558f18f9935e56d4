import { confirmationWindow, type OrderCounts } from '../../model/order/order-spec.js';

/** What the order had to do about one event. */
export const orderFlag = { none: 0, equal: 1, missing: 2, falling: 3, negative: 4, unconfirmed: 5 } as const;

export interface AssignedOrder {
  /** Effective order values: they never fall, so that a merge by them never breaks the order of the offsets. */
  readonly order: Float64Array;
  /** One `orderFlag` an event. */
  readonly flags: Uint8Array;
}

export interface AssignOptions {
  /** A value more than this above the watermark needs confirmation; Infinity for orders that are not times. */
  readonly maxStep: number;
  /** Negative values are no times and count as missing; false for orders that are not times. */
  readonly nonNegative: boolean;
}

/**
 * Gives every event of a run of one partition its effective order value: its own where it is usable, else the watermark
 * of what came before. A large step raises the watermark only if more than half of the next events confirm it (those
 * that carry a usable value at or above the step less `maxStep`); with nothing behind it, it is confirmed only where
 * there is no watermark yet.
 *
 * @param raw values as they stand in the events; NaN where there is none
 * @param watermark of the partition before the first of them
 * @param following raw values of the events behind `raw`, as many as `confirmationWindow` where the log has them; null when
 *   they were not read yet
 * @returns null when `following` is needed to decide: call again with it
 */
export function assignOrder(
  raw: ArrayLike<number>,
  watermark: number,
  following: ArrayLike<number> | null,
  options: AssignOptions,
): AssignedOrder | null {
  const count = raw.length;
  const order = new Float64Array(count);
  const flags = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const value = raw[index] ?? NaN;
    if (value > watermark && value - watermark <= options.maxStep && (value >= 0 || !options.nonNegative)) {
      watermark = value;
    } else if (value === watermark) {
      flags[index] = orderFlag.equal;
    } else if (value !== value) {
      flags[index] = orderFlag.missing;
    } else if (value < 0 && options.nonNegative) {
      flags[index] = orderFlag.negative;
    } else if (value < watermark) {
      flags[index] = orderFlag.falling;
    } else {
      if (following === null && index + confirmationWindow >= count) return null;
      if (isConfirmed(value, raw, index, following, watermark, options)) watermark = value;
      else flags[index] = orderFlag.unconfirmed;
    }
    order[index] = watermark;
  }
  return { order, flags };
}

function isConfirmed(
  value: number,
  raw: ArrayLike<number>,
  index: number,
  following: ArrayLike<number> | null,
  watermark: number,
  options: AssignOptions,
): boolean {
  let usable = 0;
  let confirming = 0;
  for (let step = 1; step <= confirmationWindow; step++) {
    const at = index + step;
    const next = at < raw.length ? raw[at] : following?.[at - raw.length];
    if (next === undefined) break;
    if (next !== next || (next < 0 && options.nonNegative)) continue;
    usable++;
    if (next >= value - options.maxStep) confirming++;
  }
  if (usable === 0) return watermark === -Infinity;
  return confirming * 2 > usable;
}

/** Counts by flag, indexed by `orderFlag`. */
export type FlagCounts = Float64Array;

export function newFlagCounts(): FlagCounts {
  return new Float64Array(6);
}

export function orderCounts(counts: FlagCounts): OrderCounts {
  return {
    equal: counts[orderFlag.equal] ?? 0,
    missing: counts[orderFlag.missing] ?? 0,
    falling: counts[orderFlag.falling] ?? 0,
    negative: counts[orderFlag.negative] ?? 0,
    unconfirmed: counts[orderFlag.unconfirmed] ?? 0,
  };
}
