import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kafkajsFile } from '../kafkajs/private-members.js';
import { BatchWriter, largestSize, stampBatch, type RecordPart, type RecordToWrite } from './batch-writer.js';
import { decodeRecords } from './decode-records.js';
import { recordBatches, recordsStart } from './record-batch.js';
import { headersOf, keyOf, RecordColumns, valueOf } from './record-columns.js';

const bytes = fc.uint8Array({ maxLength: 300 });
const part = fc.oneof(bytes, fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 200 }));
const record: fc.Arbitrary<RecordToWrite> = fc.record({
  key: fc.option(part),
  value: fc.option(part),
  time: fc.oneof(fc.integer({ min: 0, max: 2 ** 44 }), fc.nat(5000)),
  headers: fc.array(
    fc.tuple(
      fc.string({ maxLength: 20 }).map((text) => Buffer.from(text)),
      part,
    ),
    { maxLength: 4 },
  ),
});

/** The only member of kafkajs' decoder that is used here. */
interface KafkajsDecoder {
  new (bytes: Buffer): object;
}

describe('BatchWriter', () => {
  test('what it writes is read back, by our decoder and by that of kafkajs (property)', async () => {
    const Decoder = kafkajsFile<KafkajsDecoder>('kafkajs/src/protocol/decoder.js');
    const decodeBatch = kafkajsFile<(decoder: object) => Promise<{ records: readonly KafkajsRecord[] }>>(
      'kafkajs/src/protocol/recordBatch/v0/decoder.js',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 40 }), async (records) => {
        const writer = new BatchWriter();
        for (const each of records) writer.add(each);
        const size = writer.bytes;
        const batch = writer.take();
        expect([batch.count, batch.bytes.length]).toEqual([records.length, size]);
        expect(size).toBeLessThanOrEqual(records.reduce((sum, each) => sum + largestSize(each), recordsStart));
        expect(writer.count).toBe(0);
        const stamped = stampBatch(batch.bytes, { producerId: 4711, producerEpoch: 3, sequence: 12 });
        const columns = new RecordColumns();
        const [header, ...rest] = [...recordBatches(stamped)];
        expect(rest).toEqual([]);
        expect(header).toMatchObject({
          ...{ producerId: 4711, producerEpoch: 3, baseSequence: 12, transactional: true, control: false },
          ...{ count: records.length, lastOffset: records.length - 1, codec: 'none' },
          maxTimestamp: Math.max(...records.map(({ time }) => time)),
        });
        decodeRecords(header!, columns);
        records.forEach((each, index) => {
          expect(keyOf(columns, index)).toEqual(bufferOf(each.key));
          expect(valueOf(columns, index)).toEqual(bufferOf(each.value));
          expect(columns.times[index]).toBe(each.time);
          expect((headersOf(columns, index) ?? []).map(([name, value]) => [name, bufferOf(value)])).toEqual(
            each.headers.map(([name, value]) => [Buffer.from(name).toString('utf8'), bufferOf(value)]),
          );
        });
        // kafkajs takes the batch behind offset, length and so on, as they stand in an answer to a fetch.
        const theirs = await decodeBatch(new Decoder(stamped));
        expect(theirs.records.map(({ key, value }) => [key, value])).toEqual(
          records.map(({ key, value }) => [bufferOf(key), bufferOf(value)]),
        );
      }),
      { numRuns: 200, seed: 15 },
    );
  });

  test('a record larger than its buffer fits', () => {
    const writer = new BatchWriter();
    writer.add({ key: null, value: Buffer.alloc(3_000_000, 7), time: 1, headers: [] });
    const columns = new RecordColumns();
    for (const batch of recordBatches(writer.take().bytes)) decodeRecords(batch, columns);
    expect(valueOf(columns, 0)?.length).toBe(3_000_000);
  });
});

interface KafkajsRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

function bufferOf(content: RecordPart | null): Buffer | null {
  if (content === null) return null;
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : Buffer.from(content);
}
