import type { TimeSpan } from './locate-gaps.js';
import type { MemberMeasures } from './member-measures.js';

/** What the measures came to over all keys at a moment: by measure, each by member. */
export interface FollowedMoment {
  readonly time: number;
  readonly sums: ReadonlyMap<string, Float64Array>;
}

const momentsAround = 16;
const momentsInside = 24;
/** So many times as long as the gap, before it and behind it. */
const stretchesAround = 3;
/** A look costs a step for each key, or each member where they are apart: beyond so many nothing is followed. */
const mostSteps = 400_000;

/** Looks at the measures at some moments while an ensemble is carried on. */
export class MeasureFollower {
  readonly #measures: MemberMeasures;
  readonly #moments: readonly number[];
  #at = 0;
  #seen: FollowedMoment[] = [];

  /**
   * @param gap from the first to the last moment at which something is lost
   * @param history from the first to the last known event behind the baseline
   */
  constructor(measures: MemberMeasures, gap: TimeSpan, history: TimeSpan) {
    this.#measures = measures;
    this.#moments = measures.names.length === 0 ? [] : momentsOf(gap, history);
  }

  /** The next moment that is due; Infinity behind the last one. */
  get next(): number {
    return this.#moments[this.#at] ?? Infinity;
  }

  look(): void {
    if (this.#measures.steps * this.#measures.names.length > mostSteps) {
      this.#seen = [];
      this.#at = this.#moments.length;
      return;
    }
    const { names } = this.#measures;
    this.#seen.push({ time: this.next, sums: new Map(names.map((name) => [name, this.#measures.sums(name)])) });
    this.#at++;
  }

  /** Empty where there was too much to look at. */
  seen(): readonly FollowedMoment[] {
    return this.#seen;
  }
}

/** Some before the gap, more in it, some behind it. */
function momentsOf(gap: TimeSpan, history: TimeSpan): readonly number[] {
  const length = Math.max(1, gap.to - gap.from);
  const begin = Math.max(Math.min(history.from, gap.from), gap.from - stretchesAround * length);
  const end = Math.min(Math.max(history.to, gap.to), gap.to + stretchesAround * length);
  return [
    ...between(begin, gap.from, momentsAround),
    ...between(gap.from, gap.to, momentsInside),
    ...between(gap.to, end, momentsAround),
    end,
  ].filter((time, at, all) => at === 0 || time > all[at - 1]!);
}

/** In equal distances, the end left out. */
function between(from: number, to: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => Math.round(from + ((to - from) * at) / count));
}
