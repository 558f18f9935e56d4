import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchWriter, stampBatch, type WrittenBatch } from './batch-writer.js';
import { decodeRecords } from './decode-records.js';
import { recordBatches } from './record-batch.js';
import { RecordColumns } from './record-columns.js';
import { sameContents } from './same-contents.js';
import { sameRecords } from './same-records.js';

// Few and short parts, so that records which are the same in part are common.
const part = fc.option(fc.constantFrom('', 'a', 'b', 'ab'), { freq: 6 });
const headers = fc.array(fc.tuple(fc.constantFrom('', 'a'), fc.constantFrom('', 'a', 'b')), { maxLength: 2 });
const record = fc.record({ key: part, value: part, headers, time: fc.nat(300) });
const batch = fc.array(record, { minLength: 1, maxLength: 3 }).map((records): WrittenBatch => {
  const writer = new BatchWriter();
  for (const each of records) writer.add(each);
  return writer.take();
});

/** Batches as one answer of a broker holds them: each sent by a producer, at its offset. */
function answerOf(batches: readonly WrittenBatch[]): RecordColumns {
  let offset = 7;
  const placed = batches.map(({ bytes, count }) => {
    const sent = stampBatch(bytes, { producerId: 4711, producerEpoch: 3, sequence: offset });
    sent.writeBigInt64BE(BigInt(offset));
    offset += count;
    return sent;
  });
  const columns = new RecordColumns();
  for (const each of recordBatches(Buffer.concat(placed))) decodeRecords(each, columns);
  return columns;
}

test('finds a batch where it was sent, and nowhere that a record of it is another (property)', () => {
  const found = { right: 0, wrong: 0 };
  fc.assert(
    fc.property(fc.array(batch, { minLength: 1, maxLength: 4 }), batch, fc.nat(3), (sent, other, which) => {
      const wanted = sent[which] ?? other;
      const columns = answerOf(sent);
      const alone = answerOf([wanted]);
      const begins = sent.map((_, at) => sent.slice(0, at).reduce((sum, { count }) => sum + count, 0));
      for (let index = 0; index < columns.length; index++) {
        const isThere = sameRecords(wanted, columns, index);
        const isSame = alone.offsets.every(
          (_, n) => index + n < columns.length && sameContents(alone, n, columns, index + n),
        );
        if (isThere) expect(isSame).toBe(true);
        if (index === begins[which]) expect(isThere).toBe(true);
        if (isThere) found.right++;
        else if (!isSame) found.wrong++;
      }
    }),
    { numRuns: 2000, seed: 52 },
  );
  expect(found.right).toBeGreaterThan(1000);
  expect(found.wrong).toBeGreaterThan(1000);
});

test('one byte that is another makes another batch of it', () => {
  const writer = new BatchWriter();
  for (const key of ['a', 'b', 'c']) writer.add({ key, value: `v-${key}`, time: 5, headers: [['h', key]] });
  const { bytes, count } = writer.take();
  const columns = answerOf([{ bytes, count }]);
  const source = columns.sources[0]!;
  expect(sameRecords({ bytes, count }, columns, 0)).toBe(true);
  for (let at = columns.keyStart[0]!; at < source.length; at++) {
    source[at]! ^= 1;
    expect(sameRecords({ bytes, count }, columns, 0)).toBe(false);
    source[at]! ^= 1;
  }
});
