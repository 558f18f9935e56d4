import { isAnyTold, type Accusations } from './accusations.js';
import type { FollowTally } from './follow-request.js';

/** Handlings that gave what they had to from the states that the service had, and would have given something else from the right ones. */
export class Consequences {
  readonly #handlings = new Map<Accusations, number>();

  note(accusations: Accusations): void {
    this.#handlings.set(accusations, (this.#handlings.get(accusations) ?? 0) + 1);
  }

  /**
   * Now that it is known who is accused: what followed from a fault, from another order, or from what nobody knows.
   * @param isOrderOpen the service may have handled events in another order than the replay
   */
  count(tally: FollowTally, isOrderOpen: boolean): void {
    for (const [accusations, handlings] of this.#handlings) {
      if (isAnyTold(accusations)) tally.consequences += handlings;
      else if (isOrderOpen && accusations.length === 0) tally.orderNotDetermined += handlings;
      else tally.notJudged += handlings;
    }
  }
}
