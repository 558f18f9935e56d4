import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { RecordedOutputs } from '../../model/records/recorded-outputs.js';
import type { KafkaSettings } from '../../sources/kafka/connection/kafka-settings.js';
import type { OutputSchemas } from './value-encoder.js';
import type { RecordedEnds } from '../../sources/records/record-rows.js';
import type { OutputMapping } from '../../sources/records/record-mapping.js';

/** Where a run is published to. */
export interface PublicationTarget {
  readonly connection: KafkaSettings;
  readonly topic: string;
  /** How records of the topic become outputs; null where nobody says, and they carry the standard headers only. */
  readonly mapping: OutputMapping | null;
  /** Where values are written by the schemas of a registry; JSON where absent. */
  readonly schemas?: OutputSchemas | null;
  /** What counts as recorded up to these ends of the topic; null for a topic of which nothing is recorded. To be closed. */
  readonly recordedUpTo: ((ends: RecordedEnds) => Promise<RecordedOutputs>) | null;
}

/**
 * What a mapping must say so that records can be made as it reads them.
 * @throws RecoveryError `publication-refused`
 */
export function checkMapping(mapping: OutputMapping | null): void {
  if (mapping === null) return;
  const { value, key } = mapping;
  const keyName = typeof key === 'object' ? key?.column : key;
  if (keyName !== 'key') throw unwritable('key', 'the key of the record: key: key');
  if (value.form !== 'column' || value.column !== 'value' || value.type !== undefined) {
    throw unwritable('value', 'the value of the record: value: {column: value}');
  }
}

function unwritable(member: string, form: string): RecoveryError {
  return new RecoveryError(
    'publication-refused',
    `live.outputs.mapping.${member} reads something else than ${form}; records cannot be made as the service makes them`,
    { hint: `only topics whose records hold the output's ${member} as ${form} can be published to so far` },
  );
}
