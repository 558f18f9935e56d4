import type { GapEstimate, Interval, KeysEstimate } from '@eventmend/estimation';
import { describeRefusal } from '../render/describe-refusal.js';

export function gapEstimateToJson(result: GapEstimate) {
  return { result: resultToJson(result) };
}

export function keysEstimateToJson({ keys, sum }: KeysEstimate) {
  return {
    keys: [...keys].map(([key, result]) => ({ key, result: resultToJson(result) })),
    sum:
      sum.from === 'sum'
        ? { from: sum.from, result: resultToJson(sum.result) }
        : { ...sum, intervals: sum.intervals.map(intervalToJson) },
  };
}

function resultToJson(result: GapEstimate) {
  if (result.status === 'refused') {
    const figures = Object.fromEntries(
      Object.entries(result.reason).map(([name, value]) => [name, typeof value === 'number' ? finite(value) : value]),
    );
    return {
      ...result,
      reason: { ...figures, code: result.reason.code, text: describeRefusal(result.reason) },
      helps: result.helps.map((help) => ({ ...help, ...('width' in help && { width: finite(help.width) }) })),
    };
  }
  return {
    ...result,
    intervals: result.intervals.map(intervalToJson),
    path: result.path.map(({ low, high, ...slot }) => ({ ...slot, low: finite(low), high: finite(high) })),
  };
}

function intervalToJson({ level, low, high }: Interval) {
  return { level, low: finite(low), high: finite(high) };
}

/** JSON knows no infinity. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
