import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { compileSchema } from './compile-schema.js';
import type { LongForm, PayloadDecoder } from './payload-decoder.js';
import type { SchemaSource } from './registered-schema.js';
import { UndecodableValue } from './undecodable-value.js';

/** What happens at a value whose schema is unknown or cannot be used: the read ends, or the value is undecodable. */
export type UnknownSchemas = 'stop' | 'undecodable';

/** The decoders of schemas by number: got once, kept for ever. */
export interface SchemaDecoders {
  /** Undefined when it has not been loaded. */
  get(id: number): PayloadDecoder | undefined;
  /**
   * @throws RecoveryError `missing-package`, `secret-unavailable`, `schema-registry-unavailable`; `unusable-schema`
   *   unless unknown schemas make their values undecodable.
   */
  load(id: number): Promise<PayloadDecoder>;
}

export function schemaDecoders(source: SchemaSource, longs: LongForm, unknown: UnknownSchemas): SchemaDecoders {
  const ready = new Map<number, PayloadDecoder>();
  const loading = new Map<number, Promise<PayloadDecoder>>();

  async function compile(id: number): Promise<PayloadDecoder> {
    try {
      return await compileSchema(await source.schema(id), longs);
    } catch (error) {
      if (unknown === 'stop' || !isRecoveryError(error) || error.code !== 'unusable-schema') throw error;
      return () => {
        throw new UndecodableValue('the schema is unknown or cannot be used');
      };
    }
  }

  async function load(id: number): Promise<PayloadDecoder> {
    try {
      const decoder = await compile(id);
      ready.set(id, decoder);
      return decoder;
    } finally {
      loading.delete(id);
    }
  }

  return {
    get: (id) => ready.get(id),
    async load(id) {
      const known = ready.get(id) ?? loading.get(id);
      if (known !== undefined) return known;
      const decoder = load(id);
      loading.set(id, decoder);
      return decoder;
    },
  };
}
