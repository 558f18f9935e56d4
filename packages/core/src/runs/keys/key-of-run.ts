import type { Cause, Fidelity } from '../../model/provenance/provenance.js';

/**
 * How the rebuilt value of a key stands to the live one. `not-determined`: they differ, and another permissible order may
 * explain it; `not-compared`: nothing says what the live value is worth, or there is none.
 */
export type KeyStanding = 'same' | 'differs' | 'not-determined' | 'only-recovered' | 'only-live' | 'not-compared';

/** One key of a run: what the run says of it, what the service has, and what the value rests on. */
export interface KeyOfRun {
  readonly key: string;
  /** What the run gives, as JSON text; null where it has no value. */
  readonly recovered: string | null;
  /** As JSON text, in the worker's version of the state; null where there is none, or the live state was not compared. */
  readonly live: string | null;
  /** Of the rebuilt value to the live one. */
  readonly standing: KeyStanding;
  /** Null for a key that the run has no value of. */
  readonly fidelity: Fidelity | null;
  /** Interned: keys of one provenance share the list. */
  readonly causes: readonly Cause[];
  /**
   * `kept`: the run has no row of it, and it is kept as the live state has it. `chosen`: the live value was taken in the place
   * of `rebuilt`, being more likely right.
   */
  readonly taken: 'rebuilt' | 'kept' | 'chosen';
  /** What was rebuilt where the live value was chosen, as JSON text; else null. */
  readonly rebuilt: string | null;
}

/** How many keys of a run stand how. */
export interface KeyCounts {
  /** Keys that the run gives a value of, those included that were kept from the live state. */
  readonly recovered: number;
  readonly byStanding: Readonly<Record<KeyStanding, number>>;
}
