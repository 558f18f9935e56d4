import { eventsOfAmount, type DrillMix } from './drill-mix.js';
import type { Stretch } from './find-stretch.js';
import { seededNumbers } from './seeded-numbers.js';

/** Offsets of one partition that the copy lacks. */
export interface LostRange {
  readonly kind: 'retention' | 'hole';
  /** Of the partition, in the position of the stretch. */
  readonly place: number;
  readonly from: number;
  readonly to: number;
}

/** Where on a stretch things go wrong. Moments are numbers of events that lie in front of them. */
export interface DrillShape {
  /** The first event that the faulty handler handles, and the first one behind it. */
  readonly errorFrom: number;
  readonly errorUntil: number;
  /** When checkpoints are taken, rising. */
  readonly checkpoints: readonly number[];
  /** So many of those from before the error are damaged. */
  readonly damaged: number;
  readonly lost: readonly LostRange[];
  /** Events that lose their time, as places in the stretch. */
  readonly untimed: readonly number[];
}

/** The shape that a mix and a seed give. `healthyCheckpoints` are taken in front of the error. */
export function shapeOfMix(stretch: Stretch, mix: DrillMix, seed: number, healthyCheckpoints: number): DrillShape {
  const events = stretch.places.length;
  const random = seededNumbers(seed, 'moments');
  const errorFrom = Math.floor(events * (0.5 + random.below(200) / 1000));
  const errorUntil = errorFrom + Math.max(1, Math.floor(events * (0.1 + random.below(150) / 1000)));
  return {
    errorFrom,
    errorUntil,
    checkpoints: [...spread(0, errorFrom, healthyCheckpoints), ...spread(errorFrom, events, mix.tainted ?? 0)],
    damaged: mix.damaged ?? 0,
    lost: [
      ...lostBeginning(stretch, eventsOfAmount(mix.retention, events)),
      ...lostRun(stretch, eventsOfAmount(mix.hole, events), seed),
    ],
    untimed: seededNumbers(seed, 'untimed').choose(eventsOfAmount(mix.untimed, events), events),
  };
}

/** `count` moments between two others, evenly. */
function spread(from: number, to: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => from + Math.floor(((to - from) * (index + 1)) / (count + 1)));
}

/** The first events over all partitions, as retention takes them. */
function lostBeginning({ places, offsets, from }: Stretch, count: number): readonly LostRange[] {
  const ends = new Map<number, number>();
  for (let event = 0; event < count; event++) ends.set(places[event] as number, (offsets[event] as number) + 1);
  return [...ends].map(([place, to]) => ({ kind: 'retention', place, from: from[place]?.next ?? 0, to }));
}

/** A run of events of one partition, somewhere in the last two thirds. */
function lostRun({ places, offsets }: Stretch, count: number, seed: number): readonly LostRange[] {
  if (count === 0) return [];
  const first = Math.floor(places.length / 3);
  const start = first + seededNumbers(seed, 'hole').below(places.length - first);
  const place = places[start] as number;
  let left = count;
  let last = offsets[start] as number;
  for (let event = start; event < places.length && left > 0; event++) {
    if (places[event] !== place) continue;
    last = offsets[event] as number;
    left--;
  }
  return [{ kind: 'hole', place, from: offsets[start] as number, to: last + 1 }];
}
