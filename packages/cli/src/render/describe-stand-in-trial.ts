import type { StandInTrial, UntriedStandIns } from '@eventmend/core/engine';
import { countOf, formatCount, formatTime } from '../terminal/format.js';

/** What rows that stand in came to where the events are known. */
export function describeStandInTrial({ time, events, keys, right, bare }: StandInTrial): string {
  const when = time === null ? '' : ` of ${formatTime(time.from)} to ${formatTime(time.until)} UTC`;
  const hidden = `tried on ${countOf(events, 'known event')}${when} that ${events === 1 ? 'was' : 'were'} hidden`;
  if (keys === 0) return `${hidden}: no row stood in for ${events === 1 ? 'it' : 'any'}`;
  const missed = bare === 0 ? '' : `; of ${countOf(bare, 'more key')} they have no row`;
  return `${hidden}: of ${countOf(keys, 'key')} filled this way ${formatCount(right)} equalled the log's${missed}`;
}

/** Why nobody knows that. */
export function describeUntriedStandIns(untried: UntriedStandIns): string {
  if (untried.reason === 'nothing-known') return 'not tried: no known event could be hidden';
  return `not tried: the trial came upon an error (${untried.error}), so they are not called all that was lost; recover may meet it too`;
}
