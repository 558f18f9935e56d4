const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const timeSteps = [24 * hour, hour, 30 * minute, 10 * minute, minute, 10 * second, second];

/** Which of several numbers that are equally round is taken: the lowest or the highest. */
export type Nearest = 'lowest' | 'highest';

/** The roundest number above `below` and at most `upTo`: 1500 rather than 1497 where both say the same. */
export function roundCut(below: number, upTo: number, nearest: Nearest = 'highest'): number {
  if (below < 0 && upTo >= 0) return 0;
  const largest = Math.ceil(Math.log10(Math.max(Math.abs(below), Math.abs(upTo))));
  for (let power = largest; power > largest - 12; power--) {
    for (const digit of [1, 0.5]) {
      // Through text, since 0.1 * 3 is not 0.3.
      const step = Number((digit * 10 ** power).toPrecision(12));
      const cut = Number(multiple(step, below, upTo, nearest).toPrecision(12));
      if (cut > below && cut <= upTo) return cut;
    }
  }
  return upTo;
}

/** The same for a moment in milliseconds: a day, an hour, a minute, a second. */
export function roundMoment(below: number, upTo: number, nearest: Nearest = 'highest'): number {
  for (const step of timeSteps) {
    const cut = multiple(step, below, upTo, nearest);
    if (cut > below && cut <= upTo) return cut;
  }
  return upTo;
}

function multiple(step: number, below: number, upTo: number, nearest: Nearest): number {
  return nearest === 'highest' ? Math.floor(upTo / step) * step : (Math.floor(below / step) + 1) * step;
}
