const timeSteps = [24 * 3_600_000, 3_600_000, 60_000, 1000];

/** The roundest number above `below` and at most `upTo`: 1500 rather than 1497 where both say the same. */
export function roundCut(below: number, upTo: number): number {
  if (below < 0 && upTo >= 0) return 0;
  const largest = Math.ceil(Math.log10(Math.max(Math.abs(below), Math.abs(upTo))));
  for (let power = largest; power > largest - 12; power--) {
    for (const digit of [1, 0.5]) {
      // Through text, since 0.1 * 3 is not 0.3.
      const step = Number((digit * 10 ** power).toPrecision(12));
      const cut = Number((Math.floor(upTo / step) * step).toPrecision(12));
      if (cut > below && cut <= upTo) return cut;
    }
  }
  return upTo;
}

/** The same for a moment in milliseconds: a day, an hour, a minute, a second. */
export function roundMoment(below: number, upTo: number): number {
  for (const step of timeSteps) {
    const cut = Math.floor(upTo / step) * step;
    if (cut > below && cut <= upTo) return cut;
  }
  return upTo;
}
