import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seed } from '../../../../test/kafka/batch-seed.js';
import { capturedSegment, capturedSegments } from '../../../../test/kafka/captured-batches.js';
import { encodeBatch, encodeRecord } from '../../../../test/kafka/encode-batch.js';
import { recordBatches, type RecordBatch } from './record-batch.js';

const walk = (records: Buffer, options?: { checkCrc: boolean }) => [...recordBatches(records, options)];

const damage = (what: RegExp) =>
  expect.objectContaining({ code: 'corrupt-record-batch', message: expect.stringMatching(what) });
const unspoken = (what: RegExp) =>
  expect.objectContaining({ code: 'kafka-incompatible', message: expect.stringMatching(what) });

describe(`record batches (seed ${seed})`, () => {
  it('gives every field of a header', () => {
    const draft = {
      baseOffset: 2n ** 53n - 11n,
      lastOffsetDelta: 10,
      attributes: 0x38 | 3,
      baseTimestamp: -1n,
      maxTimestamp: 1_700_000_000_123n,
      producerId: 4_000_000_000n,
    };
    const bytes = encodeBatch({ ...draft, records: [Buffer.from('not looked at')], count: 5 });
    const [batch] = walk(Buffer.concat([encodeBatch({}), bytes])).slice(1);
    expect(batch).toEqual({
      buffer: expect.any(Buffer),
      position: 61,
      bytes: 61 + 13,
      baseOffset: 2 ** 53 - 11,
      lastOffset: 2 ** 53 - 1,
      codec: 'lz4',
      timestampType: 'append',
      transactional: true,
      control: true,
      baseTimestamp: -1,
      maxTimestamp: 1_700_000_000_123,
      producerId: 4_000_000_000,
      producerEpoch: -1,
      baseSequence: -1,
      count: 5,
      partitionLeaderEpoch: 7,
    } satisfies RecordBatch);
  });

  it('walks the batches of a broker', () => {
    const batches = walk(capturedSegment('transactions').bytes);
    expect(
      batches.map(({ baseOffset, lastOffset, transactional, control }) => [
        baseOffset,
        lastOffset,
        transactional,
        control,
      ]),
    ).toEqual([
      [0, 2, true, false],
      [3, 5, true, false],
      [6, 6, true, true],
      [7, 9, true, false],
      [10, 12, true, false],
      [13, 13, true, true],
      [14, 16, true, false],
      [17, 19, true, false],
      [20, 20, true, true],
    ]);
    expect(new Set(batches.map(({ producerId }) => producerId)).size).toBe(1);
    for (const { bytes, codec } of capturedSegments) {
      expect(walk(bytes).reduce((end, batch) => (expect(batch.position).toBe(end), end + batch.bytes), 0)).toBe(
        bytes.length,
      );
      expect(walk(bytes).at(-1)?.codec).toBe(walk(bytes).at(-1)?.control ? 'none' : codec);
    }
  });

  it('takes a last batch that is cut as the end', () => {
    const first = encodeBatch({ records: [encodeRecord({})] });
    const both = Buffer.concat([first, first]);
    for (let length = 0; length <= both.length; length++) {
      expect(walk(both.subarray(0, length)).length).toBe(Math.floor(length / first.length));
    }
  });

  it('refuses what it does not read, and says what to do', () => {
    const old = Buffer.alloc(34);
    old.writeInt32BE(22, 8);
    for (const magic of [0, 1]) {
      old[16] = magic;
      expect(() => walk(old)).toThrow(unspoken(/offset 0: its format is that of Kafka before 0.11 \(magic/));
    }
    expect(() => walk(encodeBatch({ magic: 3 }))).toThrow(unspoken(/format is unknown \(magic 3\)/));
    expect(() => walk(encodeBatch({ attributes: 5 }))).toThrow(unspoken(/unknown codec \(number 5\)/));
  });

  it('refuses headers that cannot be', () => {
    expect(() => walk(encodeBatch({ baseOffset: 2n ** 53n }))).toThrow(damage(/^a record batch: its offsets/));
    expect(() => walk(encodeBatch({ baseOffset: 2n ** 53n - 3n, lastOffsetDelta: 3 }))).toThrow(damage(/its offsets/));
    expect(() => walk(encodeBatch({ baseOffset: -1n }))).toThrow(damage(/its offsets/));
    expect(() => walk(encodeBatch({ baseOffset: 9n, lastOffsetDelta: -1 }))).toThrow(damage(/offset 9: its offsets/));
    expect(() => walk(encodeBatch({ producerId: 2n ** 60n }))).toThrow(damage(/producer id/));
    expect(() => walk(encodeBatch({ count: -1 }))).toThrow(damage(/negative number/));
    for (const length of [-(2 ** 31), -13, -12, -1, 0, 48]) {
      const short = encodeBatch({});
      short.writeInt32BE(length, 8);
      expect(() => walk(short)).toThrow(damage(/its length/));
    }
  });

  it('notices any changed byte behind the length of a batch, the leader epoch of the broker apart', () => {
    for (const { bytes } of capturedSegments) {
      for (const { position, bytes: length } of walk(bytes)) {
        const batch = bytes.subarray(position, position + length);
        for (let at = 16; at < length; at++) {
          const changed = Buffer.from(batch);
          changed[at] = changed[at]! ^ (1 << (at % 8));
          expect(() => walk(changed)).toThrow(
            expect.objectContaining({ code: at === 16 ? 'kafka-incompatible' : 'corrupt-record-batch' }),
          );
        }
      }
    }
  });

  it('notices any number of changed bytes that a CRC must, and believes them without one', () => {
    const batch = encodeBatch({ records: [encodeRecord({ value: Buffer.alloc(300, 1) })] });
    fc.assert(
      fc.property(
        fc.integer({ min: 21, max: batch.length - 4 }),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        (at, by) => {
          const changed = Buffer.from(batch);
          changed.writeInt32BE(changed.readInt32BE(at) ^ by, at);
          expect(() => walk(changed)).toThrow(damage(/offset 0: its bytes do not match its CRC/));
        },
      ),
      { seed },
    );
    batch[17] = batch[17]! ^ 1;
    expect(walk(batch, { checkCrc: false }).length).toBe(1);
  });
});
