import type { OutputMapping } from '../../../sources/records/record-mapping.js';
import type { TableLocation } from '../../../sources/tables/open-output-table.js';

/** A table that a run is published to. */
export interface TableTarget {
  readonly location: TableLocation;
  readonly table: string;
  /** How rows of it become outputs; what is written is read in the same way. */
  readonly mapping: OutputMapping;
}
