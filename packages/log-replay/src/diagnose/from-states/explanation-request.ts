import type { ForcedQuarantine, ReplayInputs, ReplaySpec, RunControl } from '@eventmend/core/engine';
import type { SnapshotRow } from '@eventmend/core';
import type { StartingStates } from '../interleaving/states-at-start.js';
import type { StateCut } from './compare-through-cuts.js';
import type { ExplanationLimits } from './state-explanations.js';

/** What an explanation works with once everything is open. */
export interface ExplanationRequest {
  readonly spec: ReplaySpec;
  readonly inputs: ReplayInputs;
  readonly forced: readonly ForcedQuarantine[];
  /** Rows of the states that the replay begins with; null for the beginning of the log. */
  readonly start: StartingStates | null;
  readonly startName: string | null;
  readonly cuts: readonly StateCut[];
  readonly rowsOf: (cut: StateCut) => AsyncIterable<SnapshotRow>;
  readonly limits: ExplanationLimits;
  readonly control: RunControl;
}
