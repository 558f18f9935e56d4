import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';

const hour = 3_600_000;

/** Airports from dense to intermittent: evenly over the logarithm of their rank, so that small ones are not all of them. */
export function chooseAirports(counts, wanted) {
  const names = [...counts.keys()];
  const ranks = [];
  for (let at = 0; at < wanted; at++) {
    const rank = Math.round((names.length * 0.9) ** (at / (wanted - 1))) - 1;
    ranks.push(Math.max(rank, (ranks.at(-1) ?? -1) + 1));
  }
  return ranks.map((rank) => names[rank]);
}

/**
 * Gaps to try: `{ airport, step, side, hours, from, to }` in slots of the step. A gap at the end cuts the series off where it
 * begins; both kinds begin behind eight weeks, those in the middle end eight weeks before the end.
 */
export function trialGaps({ airports, hours, seed, perAirport }) {
  const random = xoroshiro128plus(seed);
  const trials = [];
  for (const { step, lengths } of [
    { step: 'hour', lengths: [6, 24, 72, 168] },
    { step: 'day', lengths: [24, 72, 168] },
  ]) {
    const slotHours = step === 'hour' ? 1 : 24;
    const slots = Math.floor(hours / slotHours);
    const margin = (8 * 168) / slotHours;
    for (const length of lengths) {
      for (const side of ['middle', 'end']) {
        for (const airport of airports) {
          for (let n = 0; n < perAirport; n++) {
            const last = slots - length / slotHours - (side === 'middle' ? margin : 0);
            const from = uniformInt(random, margin, last);
            trials.push({ airport, step, side, hours: length, from, to: from + length / slotHours });
          }
        }
      }
    }
  }
  return trials;
}

/** The observations of a trial: of an end gap nothing behind it. */
export function observationsOf({ step, side, from }, { start, counts }, airport) {
  const hourly = counts.get(airport);
  const slotHours = step === 'hour' ? 1 : 24;
  const slots = Math.floor(hourly.length / slotHours);
  const values = Array.from({ length: slots }, (_, slot) => {
    let sum = 0;
    for (let at = slot * slotHours; at < (slot + 1) * slotHours; at++) sum += hourly[at];
    return { time: start + slot * slotHours * hour, value: sum };
  });
  return { all: values, seen: side === 'end' ? values.slice(0, from) : values };
}
