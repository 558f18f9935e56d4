import { sumMoney, type Money } from '../arithmetic/money.js';
import type { Span } from '../methods/history.js';

/** What a total leaves for some slots of the gap. */
export interface KnownSpan {
  readonly name: string;
  /** Counted from the first slot of the gap. */
  readonly span: Span;
  readonly low: Money;
  readonly high: Money;
  readonly isExact: boolean;
}

/** What totals say that a whole gap came to. */
export type GapAmount =
  /** It follows from these totals. */
  | { readonly status: 'exact'; readonly amount: Money; readonly parts: readonly KnownSpan[] }
  /** It follows if their residuals are like those of earlier periods. */
  | { readonly status: 'bounded'; readonly low: Money; readonly high: Money; readonly parts: readonly KnownSpan[] }
  | { readonly status: 'contradicting' }
  /** No totals that can be used make up the whole gap. */
  | { readonly status: 'unknown' };

/** Adds up totals that follow upon each other from the first slot to the last; those without a doubt go first. */
export function coverGap(spans: readonly KnownSpan[], slots: number): GapAmount {
  const best = new Map<number, { readonly doubts: number; readonly parts: readonly KnownSpan[] }>([
    [0, { doubts: 0, parts: [] }],
  ]);
  const inOrder = [...spans].sort((a, b) => a.span.from - b.span.from || a.span.to - b.span.to);
  for (const known of inOrder) {
    const before = best.get(known.span.from);
    if (before === undefined) continue;
    const doubts = before.doubts + (known.isExact ? 0 : 1);
    const there = best.get(known.span.to);
    if (there === undefined || doubts < there.doubts)
      best.set(known.span.to, { doubts, parts: [...before.parts, known] });
  }
  const whole = best.get(slots);
  const [first] = whole?.parts ?? [];
  if (whole === undefined || first === undefined) return { status: 'unknown' };
  const { parts, doubts } = whole;
  const sum = (end: 'low' | 'high'): Money =>
    sumMoney(
      parts.map((part) => part[end]),
      first.low.currency,
    );
  if (doubts === 0) return { status: 'exact', amount: sum('low'), parts };
  return { status: 'bounded', low: sum('low'), high: sum('high'), parts };
}
