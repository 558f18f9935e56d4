import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutOutputChunk } from '../../engine/outputs/cut-output-chunk.js';
import { OutputColumns, parseOutputChunk } from '../../engine/outputs/output-columns.js';
import type { IntendedOutput } from '../../model/outputs/output.js';
import { headersOf, keyOf, valueOf } from '../../sources/kafka/batches/record-columns.js';
import type { CutOutputs } from '../sqlite/run-catalogue.js';
import { mappedHeaders } from './mapped-headers.js';
import type { OutboxBatch } from './outbox.js';
import type { OutboxDraft } from './outbox-file.js';
import { rebuildRows, type RebuildCounts, type RebuildSource } from './rebuild-rows.js';
import { decodeBatch } from './row-cursor.js';
import { sealGoldenList } from './seal-golden-list.js';
import { RowSealer } from './seal-rows.js';
import { jsonValues } from './value-encoder.js';

const kinds: Readonly<Record<string, IntendedOutput['kind']>> = {
  booked: 'event',
  balance: 'latest',
  'mail "x"': 'effect',
  ö: 'event',
  other: 'undeclared',
};
const places = [
  { source: 's', topic: 't', incarnation: '', partition: 0 },
  { source: 's', topic: 't "2"', incarnation: 'i', partition: 1 },
];
const ascii = fc.string({ maxLength: 20 });
const anyText = fc.oneof(ascii, fc.string({ unit: 'binary', maxLength: 90 }));
const outputOf = (text: fc.Arbitrary<string>, names: readonly string[]) =>
  fc.record({
    place: fc.nat(1),
    offset: fc.maxSafeNat(),
    time: fc.oneof(fc.nat(2 ** 40), fc.constantFrom(null, 0.5)),
    output: fc.constantFrom(...names),
    key: text,
    ordinal: fc.nat(2),
    businessId: fc.option(text, { nil: null, freq: 3 }),
    value: fc.oneof(
      fc.constant(null),
      fc.jsonValue(),
      fc.record({ text, list: fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), text)) }),
      fc.constantFrom('a"],[\\', 'x'.repeat(300), { '"]': ['}', '\\"'] }),
    ),
  });
const mappings = [
  null,
  {
    output: { column: 'headers.name' },
    id: { column: 'headers.id' },
    event: { topic: { column: 'headers.topic' }, partition: { column: 'headers.p' }, offset: { column: 'headers.o' } },
  },
] as unknown as readonly Parameters<typeof mappedHeaders>[0][];

interface Sealed {
  readonly batches: readonly (readonly [partition: number, batch: OutboxBatch])[];
  readonly seal: ReturnType<RowSealer['end']>;
  readonly counts: object;
}

/** What both ways are asked with, and how the batches are cut. */
interface Asked {
  readonly chunks: readonly string[];
  readonly mapping: Parameters<typeof mappedHeaders>[0];
  readonly only: string | null;
  readonly time: 'publication' | 'original';
  readonly maxBatchBytes: number;
}

function sealed(
  { mapping, only, time, maxBatchBytes }: Asked,
  fill: (sealer: RowSealer, source: Omit<RebuildSource, 'outputs'>, counts: RebuildCounts) => void,
): Sealed {
  const batches: [number, OutboxBatch][] = [];
  const draft: OutboxDraft = {
    add: (partition, batch) => void batches.push([partition, { ...batch, places: batch.places.slice() }]),
    seal: () => undefined,
    close: () => undefined,
  };
  const sealer = new RowSealer(draft, {
    ...{ base: 'b', topic: 'out', time, sealedAt: 1_700_000_000_000, maxBatchBytes },
    partitions: [0, 1].map((partition) => ({ partition, start: 3 })),
    partitionOf: (key) => key.length % 2,
  });
  const counts = { effects: 0, undeclared: 0, elsewhere: 0 };
  const source = { runId: 'r-1', worker: 'w', headers: mappedHeaders(mapping), only, encode: jsonValues };
  fill(sealer, source, counts);
  return { batches, seal: sealer.end(), counts };
}

/** As the run catalogue gives them. */
function outputsOf(texts: readonly string[]): IntendedOutput[] {
  let seq = 0;
  return texts.flatMap((text) =>
    parseOutputChunk(text).map((one) => {
      const place = places.find(({ topic, partition }) => topic === one.topic && partition === one.partition)!;
      return { ...place, ...one, seq: seq++, kind: kinds[one.output]! };
    }),
  );
}

function cutOf(texts: readonly string[]): CutOutputs[] {
  return texts.map((text) => {
    const chunk = cutOutputChunk(Buffer.from(text, 'utf8'));
    return {
      chunk,
      places: chunk.partitions.map(([topic, partition]) =>
        places.find((place) => place.topic === topic && place.partition === partition)!,
      ),
      kinds: chunk.names.map((name) => kinds[name]!),
    };
  });
}

function bothWays(asked: Asked): readonly [Sealed, Sealed] {
  const byRows = sealed(asked, (sealer, source, counts) => {
    const outputs = outputsOf(asked.chunks);
    for (const row of rebuildRows({ ...source, outputs }, counts)) sealer.add(row);
  });
  const byChunks = sealed(asked, (sealer, source, counts) => {
    sealGoldenList(sealer, { ...source, chunks: cutOf(asked.chunks) }, counts);
  });
  return [byRows, byChunks];
}

function chunksOf(
  outputs: readonly (ReturnType<typeof outputOf> extends fc.Arbitrary<infer Output> ? Output : never)[],
) {
  const texts: string[] = [];
  for (let from = 0; from < outputs.length; from += 7) {
    const columns = new OutputColumns();
    for (const one of outputs.slice(from, from + 7)) {
      const { topic, partition } = places[one.place]!;
      const { offset, time, output, key, ordinal, businessId, value } = one;
      columns.add(topic, partition, offset, time ?? -Infinity, output, key, ordinal, businessId, value);
    }
    texts.push(columns.text());
  }
  return texts;
}

const askedWith = (text: fc.Arbitrary<string>, names: readonly string[]) =>
  fc.record({
    chunks: fc.array(outputOf(text, names), { maxLength: 40 }).map(chunksOf),
    mapping: fc.constantFrom(...mappings),
    only: fc.constantFrom(null, 'booked'),
    time: fc.constantFrom('publication' as const, 'original' as const),
    maxBatchBytes: fc.constantFrom(4000, 1_000_000),
  });

it('seals from chunks what is sealed from rows, to the byte where all is ASCII (property)', () => {
  fc.assert(
    fc.property(
      askedWith(
        ascii,
        Object.keys(kinds).filter((name) => name !== 'ö'),
      ),
      (asked) => {
        const [byRows, byChunks] = bothWays(asked);
        expect(byChunks).toEqual(byRows);
      },
    ),
    { numRuns: 300, seed: 71 },
  );
});

it('seals the same records in the same order, whatever the texts are (property)', () => {
  // Where a batch is full is judged by characters of rows, and by bytes of chunks: only the cuts may differ.
  const recordsOf = ({ batches, seal, counts }: Sealed) => ({
    seal,
    counts,
    records: [0, 1].map((partition) =>
      batches
        .filter(([of]) => of === partition)
        .flatMap(([, batch]) => {
          const columns = decodeBatch(batch);
          return columns.offsets.map((_, index) => ({
            ...{ key: keyOf(columns, index), value: valueOf(columns, index), time: columns.times[index] },
            ...{ headers: headersOf(columns, index), place: batch.places[index] },
          }));
        }),
    ),
  });
  fc.assert(
    fc.property(askedWith(anyText, Object.keys(kinds)), (asked) => {
      const [byRows, byChunks] = bothWays(asked);
      expect(recordsOf(byChunks)).toEqual(recordsOf(byRows));
    }),
    { numRuns: 300, seed: 72 },
  );
});
