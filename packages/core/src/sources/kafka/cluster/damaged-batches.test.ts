import { describe, expect, it } from 'vitest';
import { encodeBatch, encodeRecord } from '../../../../test/kafka/encode-batch.js';
import { takeBatches } from '../read/take-batches.js';
import { batchesOfRecords } from './batches-of-records.js';

const place = { topic: 't', partition: 0 };

function batch(base: number, values: readonly string[]): Buffer {
  const records = values.map((value, offsetDelta) => encodeRecord({ offsetDelta, value: Buffer.from(value) }));
  return encodeBatch({ baseOffset: BigInt(base), records });
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 1] = (copy[copy.length - 1] as number) ^ 1;
  return copy;
}

function take(records: Buffer, damage: 'keep' | 'refuse') {
  const fetched = {
    highWatermark: 10,
    lastStableOffset: 10,
    logStartOffset: 0,
    aborted: [],
    recordBytes: records.length,
    batches: batchesOfRecords(records, place),
  };
  return takeBatches(fetched, { next: 0, end: 10, readCommitted: true, absent: 'missing', damage });
}

describe('a batch that does not match its checksum', () => {
  const broken = flipped(batch(2, ['c', 'd', 'e']));
  const records = Buffer.concat([batch(0, ['a', 'b']), broken, batch(5, ['f'])]);

  it('is a hole with its bytes, and the batches around it are given', () => {
    const { pages, holes, damaged, next } = take(records, 'keep');
    expect(pages.flatMap(({ offsets }) => offsets)).toEqual([0, 1, 5]);
    expect(holes).toEqual([{ from: 2, to: 5, reason: 'damaged' }]);
    expect(damaged).toMatchObject([{ from: 2, to: 5, error: { code: 'corrupt-record-batch' } }]);
    expect(Buffer.from(damaged[0]?.raw ?? []).equals(broken)).toBe(true);
    expect(next).toBe(6);
  });

  it('is as long as it says where it is the last of an answer', () => {
    const { holes, next } = take(Buffer.concat([batch(0, ['a', 'b']), broken]), 'keep');
    expect(holes).toEqual([{ from: 2, to: 5, reason: 'damaged' }]);
    expect(next).toBe(5);
  });

  it('stays an error that names the partition where damage is not kept, and where nothing tells its length', () => {
    expect(() => take(records, 'refuse')).toThrow(/t\[0\].*CRC/);
    const short = Buffer.from(broken);
    short.writeInt32BE(5, 8);
    expect(() => take(short, 'keep')).toThrow(/length/);
  });

  it('is found where the checksum is right and the records are not', () => {
    const wrong = encodeBatch({ baseOffset: 0n, count: 3, records: [encodeRecord({ value: Buffer.from('x') })] });
    const { pages, holes } = take(Buffer.concat([wrong, batch(1, ['b'])]), 'keep');
    expect(holes).toEqual([{ from: 0, to: 1, reason: 'damaged' }]);
    expect(pages.flatMap(({ offsets }) => offsets)).toEqual([1]);
  });
});
