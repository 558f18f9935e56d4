import type { LocatedGap, TimeSpan } from './locate-gaps.js';
import { shuffle, type RandomSource } from './random-source.js';

/** An event of the history that may be one of a gap. */
export interface DonorEvent<Event> {
  readonly event: Event;
  /** When it happened, in milliseconds. */
  readonly time: number;
}

/** The events of the stretches that stand in for a gap: by stretch, in the order of their times. */
export type DonorBlocks<Event> = readonly (readonly DonorEvent<Event>[])[];

/** An event that is put into a gap, and when. */
export interface DrawnEvent<Event> extends DonorEvent<Event> {
  /** Decides between equal times: their order is unknown. */
  readonly tie: number;
}

export function compareDrawn(a: DrawnEvent<unknown>, b: DrawnEvent<unknown>): number {
  return a.time - b.time || a.tie - b.tie;
}

const shortest = 3_600_000;

/** The stretch whose events stand in for a gap at a shift. At least an hour, since in a shorter one mostly nothing happens. */
export function donorWindow({ from, to }: TimeSpan, shift: number): TimeSpan {
  const middle = (from + to) / 2;
  const half = Math.max(to - from, shortest) / 2;
  return { from: middle - half - shift, to: middle + half - shift };
}

/**
 * One way in which a gap may have gone: the events of one stretch, at the times that they have in it. The number of events that the
 * gap holds is known: of more, that many are chosen at random; of fewer, events of all stretches are added. Events of equal times
 * come in random order.
 * @param block which stretch
 * @returns null where no stretch holds an event
 */
export function drawPath<Event>(
  gap: LocatedGap,
  blocks: DonorBlocks<Event>,
  shifts: readonly number[],
  block: number,
  random: RandomSource,
): readonly DrawnEvent<Event>[] | null {
  const own = blocks[block]!.map((donor) => placed(donor, gap, shifts[block]!));
  let drawn = own;
  if (own.length > gap.events) drawn = shuffle([...own], random).slice(0, gap.events);
  else if (own.length < gap.events) {
    const counts = blocks.map(({ length }) => length);
    const all = counts.reduce((sum, count) => sum + count, 0);
    if (all === 0) return null;
    drawn = [...own];
    while (drawn.length < gap.events) {
      let at = random.pick(all);
      let from = 0;
      while (at >= counts[from]!) at -= counts[from++]!;
      drawn.push(placed(blocks[from]![at]!, gap, shifts[from]!));
    }
  }
  return drawn.map((entry) => ({ ...entry, tie: random.next() })).sort(compareDrawn);
}

function placed<Event>({ event, time: then }: DonorEvent<Event>, gap: LocatedGap, shift: number): DonorEvent<Event> {
  const window = donorWindow(gap, shift);
  const share = (then - window.from) / (window.to - window.from);
  const time = Math.round(gap.from + share * (gap.to - gap.from));
  // Before the known event that ends the gap.
  return { event, time: Math.max(gap.from, Math.min(time, gap.to - 1)) };
}
