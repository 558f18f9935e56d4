import type { OpenWorker } from '@eventmend/core/engine';
import type { MemberStates } from './member-states.js';

type Measure = (state: unknown, key: string) => number;

interface MeasuredMembers {
  readonly states: MemberStates;
  readonly worker: OpenWorker;
}

/** What the measures of a worker say of the members. */
export class MemberMeasures {
  readonly names: readonly string[];
  readonly #ensemble: MeasuredMembers;
  readonly #measures: Readonly<Record<string, Measure>>;

  constructor(ensemble: MeasuredMembers) {
    this.#ensemble = ensemble;
    this.#measures = (ensemble.worker.worker.measures ?? {}) as Readonly<Record<string, Measure>>;
    this.names = Object.keys(this.#measures);
  }

  /** How much work it is to go through all keys of all members. */
  get steps(): number {
    const { states } = this.#ensemble;
    return states.shared().size + states.apart().size * states.size;
  }

  /** Keys that differ between members, in their order. */
  reached(): readonly string[] {
    return [...this.#ensemble.states.apart().keys()].sort();
  }

  /** Of one key, by member. */
  ofKey(name: string, key: string): Float64Array {
    const { states } = this.#ensemble;
    const values = new Float64Array(states.size);
    if (!states.isApart(key)) return values.fill(this.#measure(name, key, states.of(key, 0)));
    const known = new Map<unknown, number>();
    for (let member = 0; member < values.length; member++) {
      const state = states.of(key, member);
      let value = known.get(state);
      if (value === undefined) known.set(state, (value = this.#measure(name, key, state)));
      values[member] = value;
    }
    return values;
  }

  /** Over all keys, in their order, or over some, by member. */
  sums(name: string, keys?: readonly string[]): Float64Array {
    const { states } = this.#ensemble;
    const sums = new Float64Array(states.size);
    for (const key of keys ?? states.keys()) {
      const values = this.ofKey(name, key);
      for (let member = 0; member < sums.length; member++) sums[member]! += values[member]!;
    }
    return sums;
  }

  /** Of any state of a key. */
  of(key: string, state: unknown): Readonly<Record<string, number>> {
    return Object.fromEntries(this.names.map((name) => [name, this.#measure(name, key, state)]));
  }

  #measure(name: string, key: string, state: unknown): number {
    return state === undefined ? 0 : this.#measures[name]!(this.#ensemble.worker.decodeState(state), key);
  }
}
