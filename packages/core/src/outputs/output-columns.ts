/** One output as it stands in a chunk. */
export interface ChunkedOutput {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Effective time of the event in milliseconds; null before the first timestamp. */
  readonly time: number | null;
  readonly output: string;
  readonly key: string;
  readonly ordinal: number;
  readonly businessId: string | null;
  readonly value: unknown;
}

type ChunkJson = readonly [
  partitions: readonly (readonly [topic: string, partition: number])[],
  names: readonly string[],
  partitionOf: readonly number[],
  nameOf: readonly number[],
  offsets: readonly number[],
  times: readonly (number | null)[],
  keys: readonly string[],
  ordinals: readonly (readonly [index: number, ordinal: number])[],
  businessIds: readonly (readonly [index: number, id: string])[],
  values: readonly unknown[],
];

/**
 * Collects outputs in columns and writes them as one JSON array of columns: `[[topic, partition]…]` and the names in the
 * order of their first appearance, then for each output the numbers of both, offsets, times and keys, then the ordinals
 * and business ids of those that have one, then the values, one a line, as they were serialised when they were emitted.
 * Columns, since a text for each output would cost more than the event itself.
 */
export class OutputColumns {
  readonly #partitions: string[] = [];
  readonly #names: string[] = [];
  readonly #partitionOf: number[] = [];
  readonly #nameOf: number[] = [];
  readonly #offsets: number[] = [];
  readonly #times: (number | null)[] = [];
  readonly #keys: string[] = [];
  readonly #ordinals: string[] = [];
  readonly #businessIds: string[] = [];
  readonly #values: string[] = [];

  get count(): number {
    return this.#values.length;
  }

  /**
   * @param partitionText `["topic",3]`
   * @param keyText the key as JSON text
   * @param valueText the value as JSON text
   */
  add(
    partitionText: string,
    offset: number,
    now: number,
    output: string,
    keyText: string,
    ordinal: number,
    businessId: string | null,
    valueText: string,
  ): void {
    if (ordinal !== 0) this.#ordinals.push(`[${this.count},${ordinal}]`);
    if (businessId !== null) this.#businessIds.push(`[${this.count},${JSON.stringify(businessId)}]`);
    this.#partitionOf.push(numberIn(this.#partitions, partitionText));
    this.#nameOf.push(numberIn(this.#names, output));
    this.#offsets.push(offset);
    this.#times.push(now === -Infinity ? null : now);
    this.#keys.push(keyText);
    this.#values.push(valueText);
  }

  text(): string {
    const names = this.#names.map((name) => JSON.stringify(name)).join(',');
    const times = JSON.stringify(this.#times);
    return `[[${this.#partitions.join(',')}],[${names}],[${this.#partitionOf.join(',')}],[${this.#nameOf.join(',')}],[${this.#offsets.join(',')}],${times},[${this.#keys.join(',')}],[${this.#ordinals.join(',')}],[${this.#businessIds.join(',')}],[\n${this.#values.join(',\n')}]]`;
  }

  /** Columns that go on where the text of a chunk ends. */
  static parse(text: string): OutputColumns {
    const columns = new OutputColumns();
    for (const one of parseOutputChunk(text)) {
      columns.add(
        JSON.stringify([one.topic, one.partition]),
        one.offset,
        one.time ?? -Infinity,
        one.output,
        JSON.stringify(one.key),
        one.ordinal,
        one.businessId,
        JSON.stringify(one.value),
      );
    }
    return columns;
  }
}

/** The outputs of a chunk, in order. */
export function parseOutputChunk(text: string): readonly ChunkedOutput[] {
  const [partitions, names, partitionOf, nameOf, offsets, times, keys, ordinals, businessIds, values] = JSON.parse(
    text,
  ) as ChunkJson;
  const ordinalOf = new Map(ordinals);
  const idOf = new Map(businessIds);
  return values.map((value, index): ChunkedOutput => {
    const [topic, partition] = partitions[partitionOf[index] ?? -1] ?? ['', 0];
    return {
      topic,
      partition,
      offset: offsets[index] ?? 0,
      time: times[index] ?? null,
      output: names[nameOf[index] ?? -1] ?? '',
      key: keys[index] ?? '',
      ordinal: ordinalOf.get(index) ?? 0,
      businessId: idOf.get(index) ?? null,
      value,
    };
  });
}

/** Where a text stands in a short list, appended if it is new. */
function numberIn(list: string[], text: string): number {
  for (let number = 0; number < list.length; number++) if (list[number] === text) return number;
  return list.push(text) - 1;
}
