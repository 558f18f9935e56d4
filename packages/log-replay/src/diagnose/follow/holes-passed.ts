import type { FollowRequest } from './follow-request.js';
import type { WalkedEvent } from './walk-log.js';

/** Between which handlings the service came to what a hole held; null while nothing behind it was handled. */
interface HoleSpan {
  after: number;
  before: number | null;
}

/** The stretches that the log lacks: when the service came to what they held, and which keys have come behind them. */
export class HolesPassed {
  readonly #request: Pick<FollowRequest, 'holes' | 'partitionLocal'>;
  /** By place and number of the hole. */
  readonly #spans: Record<string, HoleSpan> = {};
  /** By key: how many holes it has come behind. */
  readonly #passed = new Map<string, number>();
  readonly #count: number;

  constructor(request: Pick<FollowRequest, 'holes' | 'partitionLocal'>) {
    this.#request = request;
    this.#count = request.holes.reduce((sum, holes) => sum + holes.length, 0);
  }

  get any(): boolean {
    return this.#count > 0;
  }

  /** An event of a place was handled: what holes before it held was handled by then. */
  handled({ place, offset }: WalkedEvent, turn: number): void {
    const holes = this.#request.holes[place];
    if (holes === undefined || holes.length === 0) return;
    holes.forEach((behind, index) => {
      const span = (this.#spans[`${place} ${index}`] ??= { after: -1, before: null });
      if (span.before !== null) return;
      if (offset >= behind) span.before = turn;
      else span.after = turn;
    });
  }

  /** True for a turn at which the service may have come to what a hole held. */
  mayBeHandledAt(turn: number): boolean {
    const isWithin = ({ after, before }: HoleSpan): boolean => turn > after && (before === null || turn <= before + 1);
    const spans = Object.values(this.#spans);
    return spans.length < this.#count || spans.some(isWithin);
  }

  /**
   * True where a hole may have held another delivery of an event: one from before it, or one that came later, because this one came to
   * nothing.
   */
  mayHoldCopyOf({ place }: WalkedEvent): boolean {
    const { holes, partitionLocal } = this.#request;
    return partitionLocal ? (holes[place]?.length ?? 0) > 0 : this.any;
  }

  /** Keys of an event that have come behind a hole since they were asked for last. */
  newlyBehind({ place, offset, keys }: WalkedEvent): readonly string[] {
    if (!this.any) return [];
    const { holes, partitionLocal } = this.#request;
    const own = holes[place] ?? [];
    const isPassed = (index: number): boolean => (this.#spans[`${place} ${index}`]?.before ?? null) !== null;
    const ownPassed = own.filter((behind, index) => behind <= offset && (partitionLocal || !isPassed(index))).length;
    const othersPassed = partitionLocal ? 0 : Object.values(this.#spans).filter(({ before }) => before !== null).length;
    const passed = ownPassed + othersPassed;
    if (passed === 0) return [];
    const behind = keys.filter((key) => (this.#passed.get(key) ?? 0) < passed);
    for (const key of behind) this.#passed.set(key, passed);
    return behind;
  }
}
