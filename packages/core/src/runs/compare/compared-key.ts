import type { Fidelity } from '../../model/provenance/provenance.js';

/**
 * How a value stands against the reference: the same, another one, missing here, missing there, or different in a way that
 * another permissible order explains. `not-compared` without a reference.
 */
export type KeyFinding = 'same' | 'differs' | 'missing' | 'surplus' | 'undetermined' | 'not-compared';

/** What one side of a comparison has of a key. */
export interface SideState {
  readonly key: string;
  /** As it is stored, in the worker's version: JSON. */
  readonly text: string;
  /** Null where nothing says how good it is. */
  readonly fidelity: Fidelity | null;
}

/** One output of a side. */
export interface SideOutput {
  readonly key: string;
  /** Which one it is, among those of its key; several of one id are told apart by the order in which they come. */
  readonly id: string;
  readonly output: string;
  readonly value: unknown;
}

/** What stands beside others in a comparison, or what they are held against. */
export interface ComparedSide {
  /** A run's id, `live` or `truth`. */
  readonly id: string;
  /** By the code points of the keys, each key once. */
  states(): Iterable<SideState>;
  /** How good it is said to be that this key has no state; null where nothing says so. */
  absence(key: string): Fidelity | null;
  /** By the code points of the keys; null where there are none to compare. */
  outputs: (() => Iterable<SideOutput>) | null;
  /** False where its states are not those of the same moment: they are counted, and held against nothing. */
  readonly isComparable: boolean;
  /** For which keys a difference is no matter of the order; absent for all. */
  readonly isDetermined?: (key: string) => boolean;
}

/** One key of one recovery, with what the reference has of it. States are undefined where there is none. */
export interface ComparedKey {
  readonly key: string;
  readonly side: string;
  readonly finding: KeyFinding;
  /** Of the value; where it is missing, of there being none. */
  readonly fidelity: Fidelity | null;
  readonly state: unknown;
  readonly reference: unknown;
  /** The first field that differs, such as `$.total`; null where both are the same or one is missing. */
  readonly path: string | null;
  /** Outputs of the key that are not those of the reference; null where they are not compared. */
  readonly wrongOutputs: number | null;
}
