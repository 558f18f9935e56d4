import type { PartitionPositionJson } from '../../../model/position/position.js';
import type { ColumnName } from '../../rows/event-mapping.js';
import type { NumberForm } from '../../rows/inexact-rows.js';
import type { RowInput } from '../../rows/row-input.js';
import type { RowValueMapping } from '../../rows/row-value.js';

/** How rows become states, each row one key. */
export interface StateMapping {
  /** Numbers and booleans become their JSON text. */
  readonly key: ColumnName;
  readonly state: RowValueMapping;
  /** What becomes of numbers that a double cannot give back; `exact` by default. */
  readonly numbers?: NumberForm;
}

/** A copy of the service's state in rows of another system, with what only the user knows about it. Plain JSON. */
export interface RowSnapshot {
  readonly id: string;
  readonly rows: RowInput;
  readonly mapping: StateMapping;
  /** Null where only the rows may tell it (see `PostgresInput`), or nobody does: the state is then never compared. */
  readonly position: readonly PartitionPositionJson[] | null;
  readonly takenAt: number | null;
  readonly stateVersion: number;
  readonly worker: string | null;
}
