import { firstDifference } from '../../model/json/first-difference.js';
import { sameJson } from '../../model/json/same-json.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import { comparableState } from './comparable-state.js';
import { ConstantNormalise } from './constant-normalise.js';
import { sameComparable } from './same-comparable.js';

/** Compares states of one worker two by two, as they are stored; each without its volatile fields. */
export class StateComparer {
  readonly #instance: WorkerBasis;
  readonly #constant: ConstantNormalise;

  constructor(instance: WorkerBasis) {
    this.#instance = instance;
    this.#constant = new ConstantNormalise(instance);
  }

  /** True where both, as JSON, are the same as far as anybody can tell. @throws RecoveryError `unusable-normalise` */
  sameText(key: string, left: string, right: string): boolean {
    // Whatever is dropped of two equal states, the same is left of both.
    if (left === right && !this.#constant.isSuspected) return true;
    const [one, other] = [JSON.parse(left) as unknown, JSON.parse(right) as unknown];
    if (sameJson(one, other) && !this.#constant.isSuspected) return true;
    return sameComparable(this.comparable(key, one), this.comparable(key, other));
  }

  /** The path of the first field that differs; null where none does. */
  difference(key: string, left: unknown, right: unknown): string | null {
    const [one, other] = [left, right].map((state) => JSON.parse(this.comparable(key, state)) as unknown);
    return firstDifference(one, other)?.path ?? null;
  }

  /** The text by which a state is compared. @throws RecoveryError `unusable-normalise` */
  comparable(key: string, stored: unknown): string {
    const text = comparableState(this.#instance, stored, key);
    if (this.#constant.isSuspected) this.#constant.look(this.#instance.decodeState(stored), text);
    return text;
  }

  /** @throws RecoveryError `unusable-normalise` where `normalise` made the same of everything that was compared */
  finish(): void {
    this.#constant.refuseConstant();
  }
}
