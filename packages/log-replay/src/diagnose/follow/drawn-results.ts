import { sameJson, type StateView } from '@eventmend/core/engine';
import type { CalledWorker, WorkerAnswer } from './call-worker.js';
import type { WalkedEvent } from './walk-log.js';

type Call = (walked: WalkedEvent, view: StateView) => WorkerAnswer | Promise<WorkerAnswer>;

/** So many other draws of its random numbers a handler is asked with. */
const otherDraws = 4;

/** The same states with other random numbers, one view for each draw. */
export function otherDrawsOf(view: StateView): readonly StateView[] {
  return Array.from({ length: otherDraws }, (_, index) => ({ read: (key) => view.read(key), draw: index + 1 }));
}

/**
 * What handlers left to chance. The service drew numbers of its own: outputs and states that are others with other numbers are no
 * measure for what it recorded, nor is what rests on such states.
 */
export class DrawnResults {
  readonly #call: Call;
  readonly #onSilence: () => void;
  /** Events whose results change with the random numbers, from some of the states that their handler was asked from. */
  readonly #drawn = new WeakSet<WalkedEvent>();
  /** Keys with states that rest on numbers drawn. */
  readonly #keys = new Set<string>();

  /** @param onSilence told where it is left to chance whether an event has outputs at all */
  constructor(call: Call, onSilence: () => void) {
    this.#call = call;
    this.#onSilence = onSilence;
  }

  /** Looks at what a handler made of an event from a view, and gives it back. */
  look(walked: WalkedEvent, view: StateView, answer: WorkerAnswer): WorkerAnswer | Promise<WorkerAnswer> {
    if ('fault' in answer) return answer;
    if (this.#restsOnDrawnStates(walked)) for (const { key } of answer.writes) this.#keys.add(key);
    if (!answer.drew || this.#drawn.has(walked)) return answer;
    return this.#askAgain(walked, answer, otherDrawsOf(view));
  }

  /** Whether the results of an event would be others, had other numbers been drawn. */
  restsOnChance(walked: WalkedEvent): boolean {
    return this.#drawn.has(walked) || this.#restsOnDrawnStates(walked);
  }

  #restsOnDrawnStates({ keys }: WalkedEvent): boolean {
    return this.#keys.size > 0 && keys.some((key) => this.#keys.has(key));
  }

  #askAgain(
    walked: WalkedEvent,
    first: CalledWorker,
    [view, ...others]: readonly StateView[],
  ): CalledWorker | Promise<CalledWorker> {
    if (view === undefined) return first;
    const again = this.#call(walked, view);
    if (!(again instanceof Promise)) {
      this.#compare(walked, first, again);
      return this.#askAgain(walked, first, others);
    }
    return again.then((answer) => {
      this.#compare(walked, first, answer);
      return this.#askAgain(walked, first, others);
    });
  }

  #compare(walked: WalkedEvent, first: CalledWorker, again: WorkerAnswer): void {
    if ('fault' in again) {
      this.#drawn.add(walked);
      return;
    }
    if (!sayTheSame(first, again)) this.#drawn.add(walked);
    if (first.outputs.length > 0 && again.outputs.length === 0) this.#onSilence();
    const changed = new Map(again.writes.map(({ key, state }) => [key, state]));
    for (const { key, state } of first.writes) {
      if (!changed.has(key) || !sameJson(state, changed.get(key))) this.#keys.add(key);
      changed.delete(key);
    }
    for (const key of changed.keys()) this.#keys.add(key);
  }
}

/** As outputs are compared with records: ids that a business gives them are no part of it. */
function sayTheSame(one: CalledWorker, other: CalledWorker): boolean {
  const [ours, theirs] = [one, other].map(({ outputs }) =>
    outputs.map(({ output, key, value }) => [output, key, value]),
  );
  return sameJson(ours, theirs);
}
