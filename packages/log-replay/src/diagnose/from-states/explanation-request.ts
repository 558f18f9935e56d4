import type { SnapshotRow } from '@eventmend/core';
import type { OffsetGap } from '@eventmend/core/engine';
import type { StartingStates } from '../interleaving/states-at-start.js';
import type { StateCut } from './compare-through-cuts.js';
import type { ExplanationLimits } from './state-explanations.js';
import type { InterleavedRequest } from '../interleaving/interleaved-replay.js';

/** What an explanation works with once everything is open. */
export interface ExplanationRequest extends Pick<InterleavedRequest, 'spec' | 'inputs' | 'forced' | 'control'> {
  /** Rows of the states that the replay begins with; null for the beginning of the log. */
  readonly start: StartingStates | null;
  readonly startName: string | null;
  readonly cuts: readonly StateCut[];
  readonly rowsOf: (cut: StateCut) => AsyncIterable<SnapshotRow>;
  /** Ranges that no log holds: their partitions are left out of the replay, and so are all keys but those of the others. */
  readonly leavesOut: readonly OffsetGap[];
  readonly limits: ExplanationLimits;
  /**
   * Keys that records accuse already. Where they are given, nothing but faults is asked for, and of those only such as name
   * none of these keys: what cannot lead to one need not be looked into. Null where all is to be told.
   */
  readonly accused: ReadonlySet<string> | null;
}
