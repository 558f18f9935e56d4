import { canonicalJson } from '../../model/json/canonical-json.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import { unusableNormalise } from './comparable-state.js';

/** Looks on while states are compared, for a `normalise` that makes the same of all of them. */
export class ConstantNormalise {
  readonly #instance: WorkerBasis;
  #suspected: boolean;
  #comparable: string | null = null;

  constructor(instance: WorkerBasis) {
    this.#instance = instance;
    this.#suspected = instance.worker.normalise !== undefined;
  }

  get isSuspected(): boolean {
    return this.#suspected;
  }

  /** One state, as the worker's functions see it, and as it is compared. */
  look(state: unknown, comparable: string): void {
    this.#comparable ??= comparable;
    const isLeft = comparable !== this.#comparable || isPart(JSON.parse(comparable), state);
    if (isLeft) this.#suspected = false;
  }

  /** @throws RecoveryError `unusable-normalise` where all states came out as the same, which is no part of them */
  refuseConstant(): void {
    if (!this.#suspected || this.#comparable === null) return;
    throw unusableNormalise(this.#instance, `of every state it makes the same, ${this.#comparable.slice(0, 60)}`);
  }
}

/** True where something of the state is left: every field of the one is also a field of the other. */
function isPart(left: unknown, state: unknown): boolean {
  if (typeof left !== 'object' || left === null) return typeof left === typeof state;
  if (typeof state !== 'object' || state === null) return false;
  const fields = Object.entries(left);
  if (fields.length === 0) return canonicalJson(state) === canonicalJson(left);
  return fields.every(
    ([name, member]) => Object.hasOwn(state, name) && isSameKind(member, (state as Record<string, unknown>)[name]),
  );
}

function isSameKind(one: unknown, other: unknown): boolean {
  return typeof one === typeof other && Array.isArray(one) === Array.isArray(other);
}
