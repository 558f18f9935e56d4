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
  offsets: NumberColumn,
  times: NumberColumn,
  keys: readonly string[],
  ordinals: readonly (readonly [index: number, ordinal: number])[],
  businessIds: readonly (readonly [index: number, id: string])[],
  values: readonly unknown[],
];

/**
 * Collects outputs in columns and writes them as one JSON array of columns: `[topic, partition]` and the names in the
 * order of their first appearance, then for each output the numbers of both, offsets and times (see NumberColumn), keys,
 * then the ordinals and business ids of those that have one, then the values. Columns and one text for all of them, since
 * a text for each output would cost more than the event itself.
 */
export class OutputColumns {
  readonly #partitions: (readonly [topic: string, partition: number])[] = [];
  readonly #names: string[] = [];
  readonly #partitionOf: number[] = [];
  readonly #nameOf: number[] = [];
  readonly #offsets: number[] = [];
  readonly #times: (number | null)[] = [];
  readonly #keys: string[] = [];
  readonly #ordinals: (readonly [index: number, ordinal: number])[] = [];
  readonly #businessIds: (readonly [index: number, id: string])[] = [];
  readonly #values: unknown[] = [];

  get count(): number {
    return this.#values.length;
  }

  /** @param value plain JSON that nobody changes any more */
  add(
    topic: string,
    partition: number,
    offset: number,
    now: number,
    output: string,
    key: string,
    ordinal: number,
    businessId: string | null,
    value: unknown,
  ): void {
    if (ordinal !== 0) this.#ordinals.push([this.count, ordinal]);
    if (businessId !== null) this.#businessIds.push([this.count, businessId]);
    this.#partitionOf.push(this.#numberOfPartition(topic, partition));
    this.#nameOf.push(numberIn(this.#names, output));
    this.#offsets.push(offset);
    this.#times.push(now === -Infinity ? null : now);
    this.#keys.push(key);
    this.#values.push(value);
  }

  text(): string {
    const chunk: ChunkJson = [
      this.#partitions,
      this.#names,
      this.#partitionOf,
      this.#nameOf,
      packNumbers(this.#offsets),
      packNumbers(this.#times),
      this.#keys,
      this.#ordinals,
      this.#businessIds,
      this.#values,
    ];
    return JSON.stringify(chunk);
  }

  /** Columns that go on where the text of a chunk ends. */
  static parse(text: string): OutputColumns {
    const columns = new OutputColumns();
    for (const one of parseOutputChunk(text)) {
      const { topic, partition, offset, time, output, key, ordinal, businessId, value } = one;
      columns.add(topic, partition, offset, time ?? -Infinity, output, key, ordinal, businessId, value);
    }
    return columns;
  }

  #numberOfPartition(topic: string, partition: number): number {
    const partitions = this.#partitions;
    for (let number = 0; number < partitions.length; number++) {
      const [knownTopic, known] = partitions[number] as readonly [string, number];
      if (known === partition && knownTopic === topic) return number;
    }
    return partitions.push([topic, partition]) - 1;
  }
}

/** All columns of a chunk but the values. */
export interface ChunkHead {
  readonly partitions: readonly (readonly [topic: string, partition: number])[];
  readonly names: readonly string[];
  /** By output, as `nameOf` too: an index. */
  readonly partitionOf: readonly number[];
  readonly nameOf: readonly number[];
  readonly offsets: readonly (number | null)[];
  readonly times: readonly (number | null)[];
  readonly keys: readonly string[];
  /** By the index of an output: only ordinals that are not 0. */
  readonly ordinalOf: ReadonlyMap<number, number>;
  /** By the index of an output: only of those that have one. */
  readonly businessIdOf: ReadonlyMap<number, string>;
}

/** @param text the columns of a chunk as a JSON array, with or without the values */
export function chunkHeadOf(text: string): ChunkHead {
  return headOf(JSON.parse(text) as ChunkJson);
}

function headOf(chunk: ChunkJson): ChunkHead {
  const [partitions, names, partitionOf, nameOf, offsets, times, keys, ordinals, businessIds] = chunk;
  return {
    ...{ partitions, names, partitionOf, nameOf, keys },
    offsets: unpackNumbers(offsets),
    times: unpackNumbers(times),
    ordinalOf: new Map(ordinals),
    businessIdOf: new Map(businessIds),
  };
}

/** The outputs of a chunk, in order. */
export function parseOutputChunk(text: string): readonly ChunkedOutput[] {
  const chunk = JSON.parse(text) as ChunkJson;
  const { partitions, names, partitionOf, nameOf, offsets, times, keys, ordinalOf, businessIdOf } = headOf(chunk);
  return chunk[9].map((value, index): ChunkedOutput => {
    const [topic, partition] = partitions[partitionOf[index] ?? -1] ?? ['', 0];
    return {
      topic,
      partition,
      offset: offsets[index] ?? 0,
      time: times[index] ?? null,
      output: names[nameOf[index] ?? -1] ?? '',
      key: keys[index] ?? '',
      ordinal: ordinalOf.get(index) ?? 0,
      businessId: businessIdOf.get(index) ?? null,
      value,
    };
  });
}

/** Where a text stands in a short list, appended if it is new. */
function numberIn(list: string[], text: string): number {
  for (let number = 0; number < list.length; number++) if (list[number] === text) return number;
  return list.push(text) - 1;
}

/**
 * A column of numbers as JSON: whole numbers from 0 up as the first and the steps from each to the next, which are short
 * and, above all, several times cheaper to write than large numbers; any other column as it is.
 */
type NumberColumn = readonly (number | null)[] | { readonly first: number; readonly steps: readonly number[] };

function packNumbers(numbers: readonly (number | null)[]): NumberColumn {
  const first = numbers[0];
  if (first === undefined || !isIndex(first)) return numbers;
  const steps: number[] = [];
  let before = first;
  for (let index = 1; index < numbers.length; index++) {
    const next = numbers[index] as number | null;
    if (!isIndex(next)) return numbers;
    steps.push(next - before);
    before = next;
  }
  return { first, steps };
}

function unpackNumbers(column: NumberColumn): readonly (number | null)[] {
  if (!('steps' in column)) return column;
  let last = column.first;
  return [last, ...column.steps.map((step) => (last += step))];
}

function isIndex(value: number | null): value is number {
  return value !== null && value >= 0 && Number.isSafeInteger(value);
}
