import type { LogHole } from '../../model/log/event-log.js';
import { decodeSegmentValues } from './decode-values.js';
import type { SegmentContent } from './segment-content.js';

/** Looks into a segment: offsets in order and outside of holes, all columns of the same length, values as many as events. */
export function checkSegmentContent(
  content: SegmentContent,
  holes: readonly LogHole[],
): { readonly problem: string | null; readonly undecodable: number } {
  const { offsets, row } = content;
  const wrong = (problem: string) => ({ problem, undecodable: 0 });
  for (let i = 1; i < offsets.length; i++) {
    if ((offsets[i] ?? 0) <= (offsets[i - 1] ?? 0)) return wrong('the offsets of the segment do not rise');
  }
  if (offsets[0] !== row.first || offsets[offsets.length - 1] !== row.last) {
    return wrong('the offsets of the segment are not those that it names');
  }
  if (content.keys().length !== row.events || (content.headers !== null && content.headers.length !== row.events)) {
    return wrong('the columns of the segment differ in length');
  }
  if (standsInHole(offsets, holes)) return wrong('an event stands where a hole is known');
  const decoded = decodeSegmentValues(row, content.valueLengths);
  if (decoded === null) return wrong('the segment holds more or fewer values than events');
  return { problem: null, undecodable: (decoded.undecodable?.size ?? 0) - (decoded.inexact?.size ?? 0) };
}

/** Both rise; the search begins at the first hole that ends behind the first event. */
function standsInHole(offsets: Float64Array, holes: readonly LogHole[]): boolean {
  let hole = firstEndingBehind(holes, offsets[0] ?? 0);
  for (const offset of offsets) {
    while (hole < holes.length && (holes[hole]?.to ?? 0) <= offset) hole++;
    if (offset >= (holes[hole]?.from ?? Infinity)) return true;
  }
  return false;
}

function firstEndingBehind(holes: readonly LogHole[], offset: number): number {
  let low = 0;
  let high = holes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((holes[middle]?.to ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
