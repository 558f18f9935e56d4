import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { OutputKind } from '../../model/outputs/output.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { LongForm } from '../../sources/schemas/payload-decoder.js';
import type { WireEncoder } from '../../sources/schemas/payload-encoder.js';
import type { RegistrySettings } from '../../sources/schemas/registry/schema-registry.js';
import { UnencodableValue } from '../../sources/schemas/unencodable-value.js';
import type { WrittenSchemas } from './written-schemas.js';
import { valueText } from './value-text.js';

/** The schemas that values of a topic are written with. */
export interface OutputSchemas {
  readonly registry: RegistrySettings;
  readonly longs: LongForm;
  /** The number of the schema by the name of an output, where the user says it. */
  readonly ids: Readonly<Record<string, number>>;
}

/** What of an output its value is encoded for: for messages. */
interface EncodedOutput {
  readonly output: string;
  readonly key: string;
  readonly event: RecordedEventRef;
}

/**
 * An output's value as it stands in the topic, a text as UTF-8; null for a tombstone.
 * @throws RecoveryError `publication-refused` with the event and the path for a value that cannot be written as it is
 */
export type ValueEncoder = (value: unknown, kind: OutputKind, of: EncodedOutput) => Uint8Array | string | null;

/** JSON, as `JSON.stringify` writes it. */
export const jsonValues: ValueEncoder = valueText;

/**
 * Values in Confluent's wire format: with the schema that the user names, or with that of the newest record of the same output.
 * @throws RecoveryError `missing-package`, `schema-registry-unavailable`, `unusable-schema`, `secret-unavailable`
 */
export async function schemaValues(
  { registry, longs, ids }: OutputSchemas,
  written: WrittenSchemas,
  topic: string,
): Promise<ValueEncoder> {
  const { openSchemaRegistry } = await import('../../sources/schemas/registry/schema-registry.js');
  const { compileWireEncoder } = await import('../../sources/schemas/payload-encoder.js');
  const { readMessageIndexes } = await import('../../sources/schemas/protobuf/compile-protobuf.js');
  const source = openSchemaRegistry(registry);
  const encoders = new Map<string | null, WireEncoder>();
  for (const name of new Set<string | null>([...written.keys(), ...Object.keys(ids)])) {
    const seen = written.get(name) ?? null;
    const id = (name === null ? undefined : ids[name]) ?? seen?.id;
    if (id === undefined) continue;
    const schema = await source.schema(id);
    const knowsMessage = schema.type === 'PROTOBUF' && seen?.id === id;
    encoders.set(
      name,
      await compileWireEncoder(schema, longs, knowsMessage ? readMessageIndexes(seen.payload).indexes : null),
    );
  }
  return (value, kind, of) => {
    if (value === null && kind === 'latest') return null;
    const encode = encoders.get(of.output) ?? encoders.get(null);
    if (encode === undefined) throw schemaUnknown(topic, of);
    try {
      return encode(value);
    } catch (error) {
      if (error instanceof UnencodableValue) throw unencodable(topic, of, error);
      throw error;
    }
  };
}

function describeOutput({ output, key, event: { topic, partition, offset } }: EncodedOutput): string {
  return `the output ${output} (key ${JSON.stringify(key)}) of ${topic}[${partition}]@${offset}`;
}

function schemaUnknown(topic: string, of: EncodedOutput): RecoveryError {
  return new RecoveryError('publication-refused', `${topic}: no record shows the schema of ${describeOutput(of)}`, {
    hint: `name its number: live.outputs.schemas.ids: {${of.output}: NUMBER}`,
    details: { topic, output: of.output },
  });
}

function unencodable(topic: string, of: EncodedOutput, { path, reason }: UnencodableValue): RecoveryError {
  return new RecoveryError('publication-refused', `${topic}: ${path} of ${describeOutput(of)}: ${reason}`, {
    hint: 'nothing was sent; compare what the worker emits with the schema',
    details: {
      ...{ topic, output: of.output, key: of.key, path },
      ...{ eventTopic: of.event.topic, partition: of.event.partition, offset: String(of.event.offset) },
    },
  });
}
