import type { FollowRequest } from './follow-request.js';
import type { WalkedEvent } from './walk-log.js';

/** So many handlings in a row that overtake nothing show that the records of a partition go on event by event. */
const inARow = 3;

/** Which handlings the records would tell of if they had happened, and how far they have told. */
export class RecordWitness {
  readonly #request: FollowRequest;
  /** By place: the highest offset that was handled. */
  readonly #highest: number[];
  /** By place: the highest offset that was taken for handled, since the records had not begun. */
  readonly #granted: number[];
  /** By place: how many handlings in a row overtook nothing; those that came once more, at the beginning, do. */
  readonly #steps: number[];
  /** By place: whether the handling that was furthest on is the first one that its records speak of. */
  readonly #isFirst: boolean[] = [];
  /** By place: the number of the handling that was furthest on. */
  readonly #turns: number[];
  #hasBegun = false;
  /** Records in one order over all partitions, whose first one is of the first event: they were kept from there on. */
  #areWhole = false;

  constructor(request: FollowRequest) {
    this.#request = request;
    this.#highest = request.spec.partitions.map(() => -1);
    this.#granted = request.spec.partitions.map(() => -1);
    this.#turns = request.spec.partitions.map(() => -1);
    // Behind a snapshot the first record may be of an event that came again, and say nothing of when they begin.
    this.#steps = request.spec.partitions.map(({ next }, place) =>
      !request.beginsLate && (request.witnessedFrom[place] ?? Infinity) <= next ? inARow : 0,
    );
  }

  /** True where they have told of any handling. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  begin(): void {
    this.#hasBegun = true;
  }

  /** The highest offset of a partition that was handled; -1 before the first. */
  highest(place: number): number {
    return this.#highest[place] as number;
  }

  /** Number of the handling that was furthest on in a partition; -1 before the first. */
  turnOfHighest(place: number): number {
    return this.#turns[place] as number;
  }

  /** Takes a handling in; true where none of a later event of its partition came before it. */
  advance(walked: WalkedEvent, turn: number): boolean {
    if (!this.#hasBegun) {
      const { apart, hasLedger } = this.#request;
      const isFirst = this.#granted.every((granted) => granted < 0);
      this.#areWhole = !apart && isFirst && (!hasLedger || this.isNoted(walked));
      this.#hasBegun = true;
    }
    const { place, offset } = walked;
    const highest = this.highest(place);
    if (offset <= highest) return false;
    this.#isFirst[place] = highest < (this.#request.witnessedFrom[place] ?? 0);
    this.#highest[place] = offset;
    this.#turns[place] = turn;
    return true;
  }

  /**
   * Takes in whether the handling that was further on than all others of its partition overtook any events. True where these
   * may have been handled before the records begin: nothing shows yet that those go on in step.
   */
  isAtEdge({ place }: WalkedEvent, overtakes: boolean): boolean {
    if (this.isInStep(place)) return false;
    this.#steps[place] = overtakes || this.#isFirst[place] === true ? 0 : (this.#steps[place] as number) + 1;
    return overtakes;
  }

  /** True where the records of a partition are known to go on event by event. */
  isInStep(place: number): boolean {
    return this.#areWhole || (this.#steps[place] as number) >= inARow;
  }

  /** An event from before the records is taken for handled. */
  grant({ place, offset }: WalkedEvent): void {
    this.#granted[place] = Math.max(offset, this.#granted[place] as number);
  }

  isGranted({ place, offset }: WalkedEvent): boolean {
    return offset <= (this.#granted[place] as number);
  }

  /** True where the ledger would name the event if it had been handled. */
  isNoted({ place, offset }: WalkedEvent): boolean {
    const { notedFrom, recordsBy, hasLedger } = this.#request;
    if (hasLedger && this.#areWhole) return true;
    if (recordsBy === 'id') return hasLedger && this.highest(place) >= 0;
    const from = notedFrom[place] ?? null;
    return from !== null && offset >= from;
  }

  /** True where the ledger would name it, or its outputs would have been kept if it had any. */
  isWitnessed(walked: WalkedEvent): boolean {
    const { outputsFrom, hasOutputs, witnessedFrom } = this.#request;
    if (this.isNoted(walked)) return true;
    if (!hasOutputs) return false;
    if (outputsFrom !== null) return walked.now >= outputsFrom;
    if (this.#areWhole) return true;
    const from = witnessedFrom[walked.place] ?? null;
    return from === null ? this.#hasBegun : walked.offset >= from;
  }

  /** True where the service is known to have read on behind the event. */
  hasReadBehind({ place, offset }: WalkedEvent): boolean {
    return this.#request.readUpTo !== null || offset < this.highest(place);
  }
}
