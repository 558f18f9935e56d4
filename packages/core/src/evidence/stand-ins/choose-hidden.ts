import type { BlindTime } from '../matching/blind-time.js';
import type { HiddenOffsets } from '../coverage/hide-offsets.js';
import type { SampledTimes } from './time-sampler.js';

/** No more events are hidden: they are replayed twice. */
const mostHidden = 200_000;

/**
 * Which known events are hidden, so that records stand in for them where one can see what comes of it: as many as are lost, of one
 * stretch of time, in the middle of what is known while the records speak; no more than half of that.
 * @param period when the records say what there was; null for none
 */
export function chooseHidden(
  sampled: readonly SampledTimes[],
  period: BlindTime | null,
  lost: number,
): readonly HiddenOffsets[] {
  if (period === null) return [];
  const moments = sampled
    .flatMap(({ samples, stride }) => samples.map(({ time }) => ({ time, events: stride })))
    .filter(({ time }) => time >= period.from && time <= period.until)
    .sort((a, b) => a.time - b.time);
  const known = moments.reduce((sum, { events }) => sum + events, 0);
  const wanted = Math.min(lost, Math.floor(known / 2), mostHidden);
  if (wanted === 0) return [];
  const begin = momentBehind(moments, (known - wanted) / 2);
  const end = momentBehind(moments, (known + wanted) / 2);
  return sampled.flatMap(({ id, samples, to }): HiddenOffsets[] => {
    const from = samples.find(({ time }) => time >= begin)?.offset ?? to;
    const until = samples.find(({ time, offset }) => time > end && offset >= from)?.offset ?? to;
    return from < until ? [{ ...id, from, to: until }] : [];
  });
}

/** When so many of the events had happened. */
function momentBehind(moments: readonly { readonly time: number; readonly events: number }[], events: number): number {
  let seen = 0;
  for (const { time, events: more } of moments) {
    seen += more;
    if (seen > events) return time;
  }
  return moments.at(-1)?.time ?? NaN;
}
