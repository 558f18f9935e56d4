import { isRecoveryError } from '../../../model/errors/recovery-error.js';
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { seed } from '../../../../test/kafka/batch-seed.js';
import { capturedSegment, capturedSegments } from '../../../../test/kafka/captured-batches.js';
import { encodeBatch, encodeRecord, varint, withLength, type BatchDraft } from '../../../../test/kafka/encode-batch.js';
import { decodeControlRecord } from './control-record.js';
import { decodeRecords } from './decode-records.js';
import { recordBatches } from './record-batch.js';
import { RecordColumns, headersOf, keyOf, valueOf } from './record-columns.js';

// The protocol of kafkajs is no part of its interface, and so has no types.
const kafkajs = createRequire(import.meta.url);
const { RecordBatch: encodeByKafkajs } = kafkajs('kafkajs/src/protocol/recordBatch/v0');
const encodeRecordByKafkajs = kafkajs('kafkajs/src/protocol/recordBatch/record/v0');
const decodeByKafkajs = kafkajs('kafkajs/src/protocol/recordBatch/v0/decoder');
const Decoder = kafkajs('kafkajs/src/protocol/decoder');
const Long = kafkajs('kafkajs/src/utils/long');

describe(`records (seed ${seed})`, () => {
  it.each(capturedSegments)('reads what a broker stored as another client does: $name', ({ bytes, records }) => {
    expect(plain(decode(bytes))).toEqual(records);
    // Every window of offsets, some of them within a batch.
    for (let from = 0; from <= 22; from += 2) {
      for (let to = from; to <= 41; to += 3) {
        const expected = records.filter(({ offset }) => offset >= from && offset < to);
        expect(plain(decode(bytes, from, to))).toEqual(expected);
      }
    }
  });

  it('reads how transactions ended', () => {
    const batches = [...recordBatches(capturedSegment('transactions').bytes)];
    expect(batches.filter(({ control }) => control).map(decodeControlRecord)).toEqual(['commit', 'abort', 'commit']);
    expect(decodeControlRecord(batches[0]!)).toBe('other');
  });

  it('takes a control batch of the broker for itself, and one that compaction emptied, as no end', () => {
    const control = (key: Buffer | null) => first({ attributes: 0x20, records: [encodeRecord({ key })] });
    expect(decodeControlRecord(control(Buffer.from([0, 9, 0, 0, 1, 1])))).toBe('abort');
    expect(decodeControlRecord(control(Buffer.from([0, 0, 0, 1])))).toBe('commit');
    expect(decodeControlRecord(control(Buffer.from([0, 0, 0, 2])))).toBe('other');
    expect(decodeControlRecord(first({ attributes: 0x30 }))).toBe('other');
    for (const key of [null, Buffer.from([0, 0, 0]), Buffer.from([0xff, 0, 0, 0])]) {
      expect(() => decodeControlRecord(control(key))).toThrow(damage('its control record has no valid key'));
    }
  });

  it('reads what kafkajs writes, and as kafkajs reads it', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryBatch, async ({ records, compression, ...header }) => {
        let offsetDelta = -1;
        const drafts = records.map(({ gap, ...record }) => {
          offsetDelta += gap;
          return { ...record, offsetDelta };
        });
        const encoder = await encodeByKafkajs({
          ...header,
          firstOffset: Long.fromValue(header.firstOffset),
          compression,
          lastOffsetDelta: Math.max(0, offsetDelta),
          records: drafts.map((draft) => encodeRecordByKafkajs(draft)),
        });
        const theirs = await decodeByKafkajs(new Decoder(encoder.buffer));
        const [batch] = [...recordBatches(encoder.buffer)];
        const columns = new RecordColumns();
        expect(decodeRecords(batch!, columns)).toBe(records.length);
        expect(
          records.map((_, i) => ({
            offset: String(columns.offsets[i]),
            timestamp: String(Number.isNaN(columns.times[i]) ? -1 : columns.times[i]),
            key: keyOf(columns, i),
            value: valueOf(columns, i),
            headers: asKafkajsGives(headersOf(columns, i)),
          })),
        ).toEqual(
          theirs.records.map(({ offset, timestamp, key, value, headers }: Record<string, unknown>) => ({
            offset,
            timestamp,
            key,
            value,
            headers,
          })),
        );
        expect({
          baseOffset: String(batch?.baseOffset),
          lastOffset: batch?.lastOffset,
          producerId: String(batch?.producerId),
          producerEpoch: batch?.producerEpoch,
          baseSequence: batch?.baseSequence,
          transactional: batch?.transactional,
          maxTimestamp: String(batch?.maxTimestamp),
        }).toEqual({
          baseOffset: theirs.firstOffset,
          lastOffset: Number(theirs.firstOffset) + Number(theirs.lastOffsetDelta),
          producerId: theirs.producerId,
          producerEpoch: theirs.producerEpoch,
          baseSequence: theirs.firstSequence,
          transactional: theirs.inTransaction,
          maxTimestamp: theirs.maxTimestamp,
        });
      }),
      { seed, numRuns: 400 },
    );
  });

  it('keeps keys, values and headers apart that are empty, missing or given twice', () => {
    const headers = [
      ['a', Buffer.from('1')],
      ['', null],
      ['a', Buffer.alloc(0)],
      ['ü', Buffer.from([0xff])],
    ] as const;
    const columns = new RecordColumns();
    const records = [
      encodeRecord({ key: Buffer.alloc(0), value: Buffer.alloc(0), headers }),
      encodeRecord({ offsetDelta: 1 }),
    ];
    decodeRecords(first({ records }), columns);
    expect([keyOf(columns, 0), valueOf(columns, 0)]).toEqual([Buffer.alloc(0), Buffer.alloc(0)]);
    expect([keyOf(columns, 1), valueOf(columns, 1), headersOf(columns, 1)]).toEqual([null, null, null]);
    expect(headersOf(columns, 0)).toEqual(headers);
    expect([keyOf(columns, 2), valueOf(columns, 2), headersOf(columns, 2)]).toEqual([null, null, null]);
  });

  it('gives times as their batch means them', () => {
    const records = [0n, 5n, -1_001n].map((timeDelta, offsetDelta) => encodeRecord({ timeDelta, offsetDelta }));
    const times = (draft: BatchDraft) => {
      const columns = new RecordColumns();
      decodeRecords(first({ records, ...draft }), columns);
      return columns.times;
    };
    expect(times({})).toEqual([1_000, 1_005, NaN]);
    expect(times({ baseTimestamp: -1n })).toEqual([NaN, 4, -1_002]);
    expect(times({ attributes: 8 })).toEqual([2_000, 2_000, 2_000]);
    expect(times({ attributes: 8, maxTimestamp: -1n })).toEqual([NaN, NaN, NaN]);
    expect(times({ baseTimestamp: 1_700_000_000_000_000_000n })[1]).toBe(1_700_000_000_000_000_000);
  });

  it('reads every varint that there is', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.nat(63), (any, shift) => {
        const timeDelta = any >> BigInt(shift);
        const columns = new RecordColumns();
        decodeRecords(first({ baseTimestamp: 0n, records: [encodeRecord({ timeDelta })] }), columns);
        expect(columns.times).toEqual([timeDelta === -1n ? NaN : Number(timeDelta)]);
      }),
      { seed, numRuns: 2_000 },
    );
  });

  it('reads a batch that compaction left without a record, compressed or not', () => {
    const columns = new RecordColumns();
    for (const attributes of [0, 1, 2, 3, 4]) {
      expect(decodeRecords(first({ attributes, lastOffsetDelta: 9 }), columns)).toBe(0);
    }
    expect(decodeRecords(first({ attributes: 1, records: [gzipSync('')], count: 0 }), columns)).toBe(0);
  });

  it('refuses a batch that contradicts itself, names it, and appends nothing of it', () => {
    const good = encodeRecord({ value: Buffer.from('ok') });
    const body = (...parts: (Buffer | number)[]) =>
      withLength(Buffer.concat(parts.map((part) => (typeof part === 'number' ? varint(part) : part))));
    const contradictions: [string, BatchDraft][] = [
      ['there is more behind the last of its records', { records: [good], count: 0 }],
      ['there is more behind the last of its records', { records: [good, Buffer.from([0])], count: 1 }],
      ['a record ends within a number', { records: [good], count: 2, lastOffsetDelta: 1 }],
      ['a record reaches beyond the end', { records: [good.subarray(0, -1)] }],
      ['a record reaches beyond the end', { records: [varint(-1)] }],
      ['a record reaches beyond the end', { records: [varint(2 ** 31 - 1), good] }],
      ['a record is shorter than what it holds', { records: [varint(0)] }],
      ['the offsets of its records do not rise', { records: [good, good] }],
      ['the offsets of its records do not rise', { records: [encodeRecord({ offsetDelta: 1 })] }],
      ['the offsets of its records do not rise', { records: [good, encodeRecord({ offsetDelta: -1 })] }],
      ['a record holds a negative length', { records: [body(0, 0, 0, -2, -1, 0)] }],
      ['a record holds a negative length', { records: [body(0, 0, 0, -1, -2, 0)] }],
      ['a record is shorter than what it holds', { records: [body(0, 0, 0, 9, -1, 0), good] }],
      ['a record is shorter than what it holds', { records: [body(0, 0, 0, -1, 2 ** 30, 0), good] }],
      ['a record is longer than what it holds', { records: [body(0, 0, 0, -1, -1, 0, 0)] }],
      ['a record holds a negative number of headers', { records: [body(0, 0, 0, -1, -1, -1)] }],
      ['a header has no name', { records: [body(0, 0, 0, -1, -1, 1, -1, -1)] }],
      ['a record holds a negative length', { records: [body(0, 0, 0, -1, -1, 1, 0, -2)] }],
      ['a record ends within a number', { records: [body(0, 0, 0, -1, -1, 2 ** 30, 0, -1)] }],
      ['a record ends within a number', { records: [body(0, 0, 0, -1, -1), encodeRecord({ offsetDelta: 1 })] }],
      ['a number is longer than 32 bits', { records: [body(0, 0, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x1f]))] }],
      ['a number is longer than 32 bits', { records: [Buffer.alloc(9, 0xff)] }],
      ['a number is longer than 64 bits', { records: [body(0, Buffer.alloc(12, 0xff))] }],
      ['its records cannot be decompressed with gzip: it is malformed', { attributes: 1, records: [good] }],
      [
        'its records cannot be decompressed with lz4: it does not begin with a frame',
        { attributes: 3, records: [good] },
      ],
      ['a record ends within a number', { attributes: 1, records: [gzipSync(good)], count: 2, lastOffsetDelta: 1 }],
    ];
    for (const [what, draft] of contradictions) {
      const columns = new RecordColumns();
      decodeRecords(first({ records: [good] }), columns);
      expect(() => decodeRecords(first({ baseOffset: 77n, ...draft }), columns), what).toThrow(damage(what, 77));
      expect(Object.values(columns).map((column: unknown[]) => column.length)).toEqual(Array(10).fill(1));
    }
  });

  it('answers changed or cut batches with their records or with corrupt-record-batch or kafka-incompatible, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...capturedSegments),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 3 }),
        fc.option(fc.nat(), { freq: 3 }),
        fc.boolean(),
        ({ bytes, records }, flips, cut, checkCrc) => {
          const changed = Buffer.from(bytes.subarray(0, cut === null ? bytes.length : cut % bytes.length));
          for (const [at, by] of flips) {
            if (changed.length > 0) changed[at % changed.length] = changed[at % changed.length]! ^ by;
          }
          const columns = new RecordColumns();
          try {
            for (const batch of recordBatches(changed, { checkCrc })) {
              if (batch.control) decodeControlRecord(batch);
              else decodeRecords(batch, columns);
            }
          } catch (error) {
            expect(isRecoveryError(error) && error.number).toMatch(/^EM220[67]$/);
          }
          const read = plain(columns);
          if (!checkCrc) return;
          // The CRC does not cover the base offset, which is the broker's.
          const withoutOffset = (list: readonly object[]) => list.map((record) => ({ ...record, offset: 0 }));
          expect(withoutOffset(read)).toEqual(withoutOffset(records.slice(0, read.length)));
        },
      ),
      { seed, numRuns: 6_000 },
    );
  });
});

/** A batch as kafkajs is asked to encode it; it knows no other codec than gzip, and no header without a value. */
const arbitraryBatch = fc.record({
  firstOffset: fc.oneof(fc.nat(1_000), fc.integer({ min: 0, max: 2 ** 53 - 1_000_000 })),
  firstTimestamp: fc.oneof(fc.constant(-1), fc.nat(1_000), fc.integer({ min: 0, max: 2 ** 45 })),
  maxTimestamp: fc.integer({ min: -1, max: 2 ** 45 }),
  compression: fc.constantFrom(0, 1),
  transactional: fc.boolean(),
  producerId: fc.integer({ min: -1, max: 2 ** 40 }),
  producerEpoch: fc.integer({ min: -1, max: 2 ** 15 - 1 }),
  firstSequence: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
  records: fc.array(
    fc.record({
      gap: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 300 })),
      timestampDelta: fc.oneof(
        fc.constant(0),
        fc.integer({ min: -100, max: 100_000 }),
        fc.integer({ min: 0, max: 2 ** 44 }),
      ),
      key: fc.option(fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes))),
      value: fc.option(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))),
      headers: fc.dictionary(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((name) => !(name in {})),
        fc.array(
          fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
          { minLength: 1, maxLength: 3 },
        ),
        { maxKeys: 3, noNullPrototype: true },
      ),
    }),
    { minLength: 1, maxLength: 40 },
  ),
});

/** Headers as kafkajs gives them: by name, those of one name in a list. */
function asKafkajsGives(headers: ReturnType<typeof headersOf>): Record<string, unknown> {
  const byName: Record<string, unknown[]> = {};
  for (const [name, value] of headers ?? []) (byName[name] ??= []).push(value);
  return Object.fromEntries(Object.entries(byName).map(([name, list]) => [name, list.length === 1 ? list[0] : list]));
}

function first(draft: BatchDraft) {
  return recordBatches(encodeBatch(draft)).next().value!;
}

function decode(bytes: Buffer, from?: number, to?: number): RecordColumns {
  const columns = new RecordColumns();
  for (const batch of recordBatches(bytes)) if (!batch.control) decodeRecords(batch, columns, from, to);
  return columns;
}

function plain(columns: RecordColumns) {
  return columns.offsets.map((offset, i) => ({
    offset,
    timeType: columns.timeTypes[i],
    time: columns.times[i],
    key: keyOf(columns, i)?.toString() ?? null,
    value: valueOf(columns, i)?.toString() ?? null,
    headers:
      headersOf(columns, i)?.map(([name, value]) => [name, value === null ? null : Buffer.from(value).toString()]) ??
      null,
  }));
}

function damage(what: string, baseOffset = 0) {
  return expect.objectContaining({
    code: 'corrupt-record-batch',
    message: `the record batch at offset ${baseOffset}: ${what}`,
    details: { baseOffset: String(baseOffset) },
  });
}
