import type { IntendedOutput } from '../../model/outputs/output.js';
import { semanticId } from '../../model/outputs/semantic-id.js';

/** What an export writes into one column. `json` columns hold any JSON value. */
type ColumnType = 'text' | 'integer' | 'json';

interface ExportColumn<Row> {
  readonly name: string;
  readonly type: ColumnType;
  /** Null for an absent value. Offsets come as texts, so that no reader rounds them. */
  readonly value: (row: Row) => unknown;
}

/** A table as the writers take it: a name and columns over rows of one kind. */
export interface ExportTable<Row> {
  readonly name: string;
  readonly columns: readonly ExportColumn<Row>[];
}

/** One key of a recovered state. */
export interface StateRow {
  readonly key: string;
  readonly state: unknown;
  readonly fidelity: string;
  readonly causes: readonly string[];
}

/** One event that was parked. */
export interface QuarantinedRow {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly keys: readonly string[] | null;
  readonly code: string;
  readonly reason: string;
}

export const stateTable: ExportTable<StateRow> = {
  name: 'state',
  columns: [
    { name: 'key', type: 'text', value: (row) => row.key },
    { name: 'state', type: 'json', value: (row) => row.state },
    { name: 'fidelity', type: 'text', value: (row) => row.fidelity },
    { name: 'causes', type: 'json', value: (row) => row.causes },
  ],
};

/** @param worker its name, of which semantic ids are made */
export function outputsTable(worker: string): ExportTable<IntendedOutput> {
  return {
    name: 'outputs',
    columns: [
      { name: 'seq', type: 'integer', value: (row) => row.seq },
      { name: 'output', type: 'text', value: (row) => row.output },
      { name: 'kind', type: 'text', value: (row) => row.kind },
      { name: 'key', type: 'text', value: (row) => row.key },
      { name: 'value', type: 'json', value: (row) => row.value },
      { name: 'time', type: 'integer', value: (row) => row.time },
      { name: 'source', type: 'text', value: (row) => row.source },
      { name: 'topic', type: 'text', value: (row) => row.topic },
      { name: 'incarnation', type: 'text', value: (row) => row.incarnation },
      { name: 'partition', type: 'integer', value: (row) => row.partition },
      { name: 'offset', type: 'text', value: (row) => String(row.offset) },
      { name: 'ordinal', type: 'integer', value: (row) => row.ordinal },
      { name: 'business_id', type: 'text', value: (row) => row.businessId },
      { name: 'semantic_id', type: 'text', value: (row) => semanticId(worker, row) },
    ],
  };
}

export const quarantinedTable: ExportTable<QuarantinedRow> = {
  name: 'quarantined',
  columns: [
    { name: 'topic', type: 'text', value: (row) => row.topic },
    { name: 'partition', type: 'integer', value: (row) => row.partition },
    { name: 'offset', type: 'text', value: (row) => String(row.offset) },
    { name: 'keys', type: 'json', value: (row) => row.keys },
    { name: 'code', type: 'text', value: (row) => row.code },
    { name: 'reason', type: 'text', value: (row) => row.reason },
  ],
};
