import type { Span } from '../methods/history.js';
import type { Series } from './series.js';

/**
 * The same series, in which the first increment of a counter behind a gap is missing: it is the difference to the last reading
 * inside of the gap, which may have stood still there, and would then hold all that the gap came to.
 */
export function hideBehindGap(series: Series, { to }: Span): Series {
  if (series.measure !== 'counter' || to >= series.values.length) return series;
  const values = series.values.slice();
  values[to] = NaN;
  return { ...series, values };
}
