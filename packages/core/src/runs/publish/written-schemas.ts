import { headerOf, valueOf, type RecordColumns } from '../../sources/kafka/batches/record-columns.js';
import { schemaIdOf, wireHeaderBytes } from '../../sources/schemas/wire-format.js';

/** What the newest record of an output was written with. */
interface WrittenSchema {
  readonly id: number;
  /** What stands behind the number of the schema. */
  readonly payload: Uint8Array;
}

/** By the name of the output; under null where records do not name theirs. */
export type WrittenSchemas = ReadonlyMap<string | null, WrittenSchema>;

/** Takes note of the schemas that the records of a topic name: of each output the one of the newest record. */
export class SchemaSightings {
  readonly #outputHeader: Buffer | null;
  readonly #newest = new Map<string | null, { readonly time: number; readonly bytes: Buffer }>();

  /** @param outputHeader the header in which the service names the output; null where it names none */
  constructor(outputHeader: string | null) {
    this.#outputHeader = outputHeader === null ? null : Buffer.from(outputHeader);
  }

  take(columns: RecordColumns): void {
    for (let index = 0; index < columns.length; index++) {
      const value = valueOf(columns, index);
      if (value === null || schemaIdOf(value) === null) continue;
      const name = this.#outputHeader === null ? null : headerOf(columns, index, this.#outputHeader);
      const output = name === null ? null : name.toString('utf8');
      const time = columns.times[index] as number;
      const before = this.#newest.get(output);
      // Copied, since a page is kept as long as one of its records is.
      if (before === undefined || time >= before.time) this.#newest.set(output, { time, bytes: Buffer.from(value) });
    }
  }

  result(): WrittenSchemas {
    return new Map(
      [...this.#newest].map(([output, { bytes }]) => [
        output,
        { id: schemaIdOf(bytes) ?? 0, payload: bytes.subarray(wireHeaderBytes) },
      ]),
    );
  }
}
