import { mostLonger, type TimedSample } from '../../evidence/proof/replay-rate.js';

/** How many events were committed after so many milliseconds. */
export interface SampleMark {
  readonly ms: number;
  readonly events: number;
}

/** So many parts are compared with each other for the spread. */
const parts = 4;
const sampleMs = 1000;
/** Three commits give two rates, which is the least that has a spread. */
const fewestMarks = 3;

/**
 * Whether a sample may end: after a second, or where it has what it takes to be believed for so many events. A short run must not
 * wait for an expectation as long as for itself.
 * @param events Infinity where a second is to be measured however many there are
 */
export function isSampleEnough(marks: readonly SampleMark[], events: number): boolean {
  const [first] = marks;
  const last = marks.at(-1);
  if (first === undefined || last === undefined) return false;
  if (last.ms - first.ms >= sampleMs) return true;
  return marks.length >= fewestMarks && (last.events - first.events) * mostLonger >= events;
}

/**
 * What a sample tells of a whole run: its rate from the first commit to the last one, since what a run needs to begin it needs once.
 * @param marks a mark for each commit that was noticed
 * @param end where it came to the end of the plan by itself: then it was the whole run
 * @returns null where nothing was committed, or only once
 */
export function judgeSample(marks: readonly SampleMark[], end: SampleMark | null): TimedSample | null {
  if (end !== null) return end.events === 0 ? null : { events: end.events, ms: Math.ceil(end.ms), startMs: 0 };
  const [first] = marks;
  const last = marks.at(-1);
  if (first === undefined || last === undefined || last.events <= first.events) return null;
  const rates = ratesOfParts(marks, (last.ms - first.ms) / parts);
  return {
    events: last.events - first.events,
    ms: Math.ceil(last.ms - first.ms),
    startMs: Math.ceil(first.ms),
    ...(rates.length > 1 && { fastest: Math.max(...rates), slowest: Math.min(...rates) }),
  };
}

/** Events a second of stretches that last so long at least, each from one commit to another. */
function ratesOfParts(marks: readonly SampleMark[], ms: number): readonly number[] {
  const rates: number[] = [];
  let [begin] = marks;
  for (const mark of marks) {
    if (begin === undefined || mark.ms - begin.ms < ms || mark.events === begin.events) continue;
    rates.push(((mark.events - begin.events) / (mark.ms - begin.ms)) * 1000);
    begin = mark;
  }
  return rates;
}
