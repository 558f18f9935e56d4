import { RecoveryError } from '@eventmend/core';
import type { Gap } from '../estimate.js';
import type { Span } from '../methods/history.js';
import type { Series } from './series.js';

/**
 * The slots that a gap touches, of a series that reaches to its end.
 * @throws RecoveryError `invalid-argument` for a gap that ends before it begins, and for one in front of the series
 */
export function spanOf({ edges }: Series, gap: Gap): Span {
  if (!(Number.isFinite(gap.from) && Number.isFinite(gap.to) && gap.from < gap.to)) {
    throw new RecoveryError('invalid-argument', 'the gap ends before it begins, or is none', {
      hint: 'give two moments, the first of them earlier',
    });
  }
  if (gap.from < edges[0]!) {
    throw new RecoveryError('invalid-argument', 'the gap begins in front of all that is known', {
      hint: 'give a gap inside of the history or behind it',
    });
  }
  let from = 0;
  while (edges[from + 1]! <= gap.from) from++;
  let to = from + 1;
  while (edges[to]! < gap.to) to++;
  return { from, to };
}
