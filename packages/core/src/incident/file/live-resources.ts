import type { LedgerMapping, OutputMapping } from '../../sources/records/record-mapping.js';
import type { OutputSchemas } from '../../runs/publish/value-encoder.js';
import type { RecordSettings } from '../../sources/records/open-records.js';
import type { RowSnapshot } from '../../sources/snapshots/rows/row-snapshot.js';
import type { KafkaLogSettings } from '../../sources/kafka/log/open-kafka-log.js';
import type { RowInput } from '../../sources/rows/row-input.js';

/** A copy of the service's state: snapshot files that say all about themselves, or rows with a mapping. */
export type StateConfig = SnapshotFiles | StateOfRows;

export interface SnapshotFiles {
  readonly kind: 'snapshot-files';
  /** A file, or a folder of them. */
  readonly path: string;
}

export interface StateOfRows extends Omit<RowSnapshot, 'position'> {
  readonly kind: 'rows';
  readonly position: RowSnapshot['position'] | { readonly file: string };
}

/** Rows, or the log of an output topic. */
export type RowsConfig =
  | RowInput
  | { readonly kind: 'archive'; readonly file: string; readonly topics: readonly string[] | null }
  | OutputTopicConfig;

/** Output topics of a cluster that are read as they are. */
interface OutputTopicConfig {
  readonly kind: 'kafka';
  readonly log: KafkaLogSettings;
}

interface RecordsConfig<Mapping> extends Omit<RecordSettings, 'order'> {
  readonly rows: RowsConfig;
  readonly mapping: Mapping;
  /** Null where the incident does not say. */
  readonly order: RecordSettings['order'] | null;
}

export interface OutputsConfig extends RecordsConfig<OutputMapping> {
  /** Where the values of the output topic are written by the schemas of a registry; JSON where null or absent. */
  readonly schemas?: OutputSchemas | null;
}
export type LedgerConfig = RecordsConfig<LedgerMapping>;
