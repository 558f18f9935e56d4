import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBatch, encodeRecord, withLength, type RecordDraft } from '../../../../test/kafka/encode-batch.js';
import { decodeRecords } from './decode-records.js';
import { recordBatches } from './record-batch.js';
import { headerOf, headersOf, keyOf, RecordColumns, valueOf } from './record-columns.js';
import { sameContents } from './same-contents.js';

// Few bytes and short parts, so that records which differ in where one part ends and the next begins are common.
const part = fc.option(
  fc.uint8Array({ maxLength: 3, max: 2 }).map((bytes) => Buffer.from(bytes)),
  { freq: 6 },
);
const name = fc.constantFrom('', 'a', 'b', '\0', 'ab');
const record = fc.record({ key: part, value: part, headers: fc.array(fc.tuple(name, part), { maxLength: 3 }) });

function columnsOf(...records: readonly Buffer[]): RecordColumns {
  const columns = new RecordColumns();
  for (const batch of recordBatches(encodeBatch({ records }))) decodeRecords(batch, columns);
  return columns;
}

function partsOf(columns: RecordColumns, index: number) {
  const headers = (headersOf(columns, index) ?? []).map(([each, value]) => [each, value && Buffer.from(value)]);
  return [keyOf(columns, index), valueOf(columns, index), headers];
}

describe('sameContents', () => {
  test('is what a comparison part by part says (property)', () => {
    let same = 0;
    fc.assert(
      fc.property(record, record, fc.boolean(), fc.nat(9), (one, other, again, time) => {
        const second: RecordDraft = again ? one : other;
        // The same contents at another offset and with another time.
        const left = columnsOf(encodeRecord(one));
        const right = columnsOf(encodeRecord({}), encodeRecord({ ...second, offsetDelta: 1, timeDelta: BigInt(time) }));
        const expected = isDeepStrictEqual(partsOf(left, 0), partsOf(right, 1));
        expect([sameContents(left, 0, right, 1), sameContents(right, 1, left, 0)]).toEqual([expected, expected]);
        if (expected) same++;
      }),
      { numRuns: 3000, seed: 47 },
    );
    expect(same).toBeGreaterThan(1000);
  });

  test('a number that takes more bytes than it needs makes no other record of it', () => {
    const usual = columnsOf(encodeRecord({ key: Buffer.from('k'), value: Buffer.from('v') }));
    // A count of no headers in two bytes.
    const longer = columnsOf(withLength(Buffer.from([0, 0, 0, 2, 0x6b, 2, 0x76, 0x80, 0])));
    expect(sameContents(usual, 0, longer, 0)).toBe(true);
    expect(sameContents(longer, 0, usual, 0)).toBe(true);
  });
});

test('headerOf gives what the first header of a name holds, and null for none (property)', () => {
  fc.assert(
    fc.property(record, name, (one, wanted) => {
      const found = one.headers.find(([each]) => each === wanted)?.[1] ?? null;
      expect(headerOf(columnsOf(encodeRecord(one)), 0, Buffer.from(wanted))).toEqual(found);
    }),
    { numRuns: 1000, seed: 48 },
  );
});
