import type { Period } from '../arithmetic/booking.js';
import type { Span } from '../methods/history.js';
import type { Series } from '../series/series.js';

/** Why a total says nothing: the rest of its period is not known, or its ends lie inside of slots. */
export type UnusablePeriod =
  /** Slots of the period outside of the gap are missing, the first of them at this time, in milliseconds since 1970. */
  | { readonly code: 'slots-missing'; readonly slots: number; readonly first: number }
  /** The known part ends at this time, in milliseconds since 1970, before the period does, or begins behind its begin. */
  | { readonly code: 'not-reached'; readonly known: number; readonly side: 'begin' | 'end' }
  | { readonly code: 'cuts-slots' };

/** The slots of the gap that a period holds, counted from the first of the gap, and whether all others of it are known. */
export function slotsOfPeriod(
  { edges, values }: Series,
  gap: Span,
  period: Period,
  completeTo = -Infinity,
): { readonly inGap: Span; readonly reason: UnusablePeriod | null } {
  const last = values.length - 1;
  const from = edges.findIndex((edge) => edge >= period.from);
  const behind = edges.findIndex((edge) => edge >= period.to);
  const to = behind === -1 ? values.length : behind;
  const begin = from === -1 ? values.length : from;
  const inGap = {
    from: Math.max(begin, gap.from) - gap.from,
    to: Math.max(Math.max(begin, gap.from), Math.min(to, gap.to)) - gap.from,
  };
  const end = edges[values.length]!;
  const reasonOf = (): UnusablePeriod | null => {
    if (period.from < edges[0]!) return { code: 'not-reached', known: edges[0]!, side: 'begin' };
    if (period.to > end && !(period.to <= completeTo)) return { code: 'not-reached', known: end, side: 'end' };
    const isEdge = (at: number, time: number): boolean => at === -1 || edges[at] === time;
    if (!isEdge(from, period.from) || !isEdge(behind, period.to)) return { code: 'cuts-slots' };
    const missing: number[] = [];
    for (let slot = begin; slot < to; slot++) {
      const isInGap = slot >= gap.from && slot < gap.to;
      // Of events the first and the last slot are missing for an estimate, since they may be cut.
      if (!isInGap && slot > 0 && slot < last && Number.isNaN(values[slot])) missing.push(slot);
    }
    return missing.length === 0 ? null : { code: 'slots-missing', slots: missing.length, first: edges[missing[0]!]! };
  };
  return { inGap, reason: reasonOf() };
}
