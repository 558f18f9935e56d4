import { SumAsWritten } from '../../evidence/compare/sum-as-written.js';
import type { Fidelity } from '../../model/provenance/provenance.js';
import type { KeyFinding } from './compared-key.js';
import type { OutputsAgainst, StatesAgainst, WrongKey } from './comparison.js';

/** So many wrong values are named as examples, and so many places are kept for those that are called exact. */
const namedKeys = 20;

type Counts<Of> = { -readonly [Name in keyof Of]: Of[Name] extends number ? number : never };
type Words = Partial<Record<Fidelity, number>>;

/** Sums of one measure. */
export interface MeasureTally {
  readonly sum: SumAsWritten;
  readonly offByKey: SumAsWritten;
}

/** What one side of a comparison comes to, key by key. */
export class SideTally {
  keys = 0;
  readonly fidelity: Words = {};
  readonly states: Counts<Omit<StatesAgainst, 'wrongAs'>> = {
    same: 0,
    differing: 0,
    missing: 0,
    surplus: 0,
    undetermined: 0,
  };
  readonly wrongAs: Words = {};
  readonly outputs: Counts<OutputsAgainst> = { same: 0, differing: 0, missing: 0, surplus: 0, besideLog: 0 };
  readonly measures: readonly MeasureTally[];
  readonly #calledExact: WrongKey[] = [];
  readonly #others: WrongKey[] = [];

  constructor(measures: number) {
    this.measures = Array.from({ length: measures }, () => ({ sum: new SumAsWritten(), offByKey: new SumAsWritten() }));
  }

  /** It has a state of a key. */
  has(fidelity: Fidelity | null, measured: readonly number[]): void {
    this.keys++;
    for (let at = 0; at < measured.length; at++) this.measures[at]?.sum.add(measured[at] as number);
    if (fidelity !== null) this.fidelity[fidelity] = (this.fidelity[fidelity] ?? 0) + 1;
  }

  /** What a key is against the reference. @param example made where one is wanted */
  found(finding: KeyFinding, fidelity: Fidelity | null, example: () => WrongKey): void {
    switch (finding) {
      case 'not-compared':
        return;
      case 'same':
        this.states.same++;
        return;
      case 'undetermined':
        this.states.undetermined++;
        break;
      case 'differs':
        this.states.differing++;
        break;
      case 'missing':
        this.states.missing++;
        break;
      case 'surplus':
        this.states.surplus++;
        break;
    }
    if (finding !== 'undetermined' && fidelity !== null) this.wrongAs[fidelity] = (this.wrongAs[fidelity] ?? 0) + 1;
    const list = fidelity === 'exact' && finding !== 'undetermined' ? this.#calledExact : this.#others;
    if (list.length < namedKeys) list.push(example());
  }

  /** What the measures of a key are here and there; empty where there is no state. */
  off(measured: readonly number[], theirs: readonly number[]): void {
    for (const [at, { offByKey }] of this.measures.entries())
      offByKey.add(Math.abs((measured[at] ?? 0) - (theirs[at] ?? 0)));
  }

  /** Those that are called exact first. */
  get wrongKeys(): readonly WrongKey[] {
    return [...this.#calledExact, ...this.#others].slice(0, namedKeys);
  }
}
