import type { Position } from '../../model/position/position.js';

/** The stretch of the log that a scope has to be closed over. */
export interface ScopeRange {
  readonly from: Position;
  readonly to: Position;
  /** Id of the snapshot at its beginning, whose keys are known too; null for the beginning of the log. */
  readonly baseline: string | null;
}
