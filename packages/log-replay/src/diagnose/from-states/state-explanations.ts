import type { Fault, ObservedDifference, Undetermined } from '../fault.js';
import type { FaultKind, OffsetGap } from '@eventmend/core/engine';
import type { NotComparedReason } from '../missing-evidence.js';

/** How much is looked at. Beyond a limit the answer is "cannot be told", never a guess. */
export interface ExplanationLimits {
  /** Differing keys that are looked into; others are counted. */
  readonly keys: number;
  /** Events of one key, or of keys that events connect, between the states that are compared. */
  readonly eventsPerKey: number;
  /** Events kept in memory over all keys. */
  readonly events: number;
  /** Calls of the worker for one key, and for all of them. */
  readonly callsPerKey: number;
  readonly calls: number;
  /** Keys without a difference that an explanation over several keys must leave as they are. */
  readonly healthyKeys: number;
}

export const defaultLimits: ExplanationLimits = {
  keys: 500,
  eventsPerKey: 200,
  events: 50_000,
  callsPerKey: 500_000,
  calls: 10_000_000,
  healthyKeys: 200,
};

/** One recorded state, all keys, held against the replay. */
export interface ComparedStates {
  readonly id: string;
  readonly keys: number;
  readonly differing: number;
}

/** A key whose recorded state is not the replayed one, and the interval in which the first fault lies. */
export interface DifferingKey {
  readonly key: string;
  /** The last compared states in which the key was right; null for the beginning of the log. */
  readonly agreedAt: string | null;
  /** The first in which it was not. */
  readonly differsAt: string;
  readonly difference: ObservedDifference;
}

/** One statement about many events that explains differences of keys. */
export interface SystematicExplanation {
  readonly kind: Extract<FaultKind, 'missed' | 'twice'>;
  /** `type = cancelled`, `partition 3`, `orders[3] offsets 17 to 40`. */
  readonly property: string;
  /** Other properties that pick the same events of these keys. */
  readonly also: readonly string[];
  /** Events of the keys that were looked into and have it. */
  readonly events: number;
  /** Differing keys that it explains, of those that were looked into. */
  readonly explained: number;
  readonly ofKeys: number;
  /** Healthy keys with such events that it leaves as they are. */
  readonly healthyKept: number;
}

/** What can be told of an error when only states survived. */
export interface StateExplanations {
  /** Why no states could be compared; null where they were. */
  readonly notCompared: NotComparedReason | null;
  /** The first ranges that no log holds, whose partitions were left out; absent where all are whole. */
  readonly leftOut?: readonly OffsetGap[];
  readonly compared: readonly ComparedStates[];
  /** All differing keys; each is explained, or it is not and the reason stands in `undetermined`. */
  readonly keys: {
    readonly differing: number;
    readonly explained: number;
    readonly undetermined: number;
    /** Of the undetermined: another permissible order of the partitions may explain them. */
    readonly orderNotDetermined: number;
    /** Of the undetermined: beyond the limit of keys. */
    readonly notLookedInto: number;
  };
  readonly faults: readonly Fault[];
  readonly undetermined: readonly Undetermined[];
  /** The best first. */
  readonly systematic: readonly SystematicExplanation[];
  /** Those that were looked into, by key. */
  readonly differing: readonly DifferingKey[];
}
