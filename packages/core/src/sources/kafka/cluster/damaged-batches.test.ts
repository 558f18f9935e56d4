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

/** Of a transaction of producer 7, or the marker that ends one. */
function transactional(base: number, content: readonly string[] | 'commit' | 'abort' | 'unreadable marker'): Buffer {
  const common = { baseOffset: BigInt(base), producerId: 7n };
  if (typeof content !== 'string') {
    const records = content.map((value, offsetDelta) => encodeRecord({ offsetDelta, value: Buffer.from(value) }));
    return encodeBatch({ ...common, attributes: 0x10, records });
  }
  const key = content === 'unreadable marker' ? Buffer.from([0]) : Buffer.from([0, 0, 0, content === 'abort' ? 0 : 1]);
  return encodeBatch({ ...common, attributes: 0x30, records: [encodeRecord({ key })] });
}

function take(records: Buffer, damage: 'keep' | 'refuse', aborted: readonly number[] = [], next = 0) {
  const fetched = {
    highWatermark: 10,
    lastStableOffset: 10,
    logStartOffset: 0,
    aborted: aborted.map((firstOffset) => ({ producerId: 7, firstOffset })),
    recordBytes: records.length,
    batches: batchesOfRecords(records, place),
  };
  return takeBatches(fetched, { place, next, end: 10, readCommitted: true, absent: 'missing', damage });
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

describe('a damaged batch among transactions', () => {
  const undone = transactional(0, ['a', 'b']);
  const marker = transactional(2, 'abort');
  const committed = [transactional(3, ['c', 'd']), transactional(5, 'commit'), transactional(6, ['e'])];

  it('hides no committed event behind a transaction whose end it may have been', () => {
    const { pages, holes, damaged, next } = take(Buffer.concat([undone, flipped(marker), ...committed]), 'keep', [0]);
    expect(holes).toEqual([
      { from: 0, to: 2, reason: 'aborted' },
      { from: 2, to: 5, reason: 'damaged' },
      { from: 5, to: 6, reason: 'control' },
    ]);
    expect(damaged).toMatchObject([
      { from: 2, to: 3 },
      { from: 3, to: 5, error: { code: 'corrupt-record-batch' } },
    ]);
    expect(damaged[1]?.error.message).toMatch(/t\[0\].*offset 3.*whether its transaction was undone is not known/);
    expect(Buffer.from(damaged[1]?.raw ?? []).equals(committed[0] as Buffer)).toBe(true);
    // The marker tells that the transaction was another one.
    expect(pages.flatMap(({ offsets }) => offsets)).toEqual([6]);
    expect(next).toBe(7);
  });

  it('counts where it lies before what was asked for', () => {
    const records = Buffer.concat([undone, flipped(marker), ...committed]);
    expect(take(records, 'keep', [0], 3).holes).toEqual([
      { from: 3, to: 5, reason: 'damaged' },
      { from: 5, to: 6, reason: 'control' },
    ]);
    expect(() => take(records, 'refuse', [0], 3)).toThrow(/offset 3.*whether its transaction was undone/);
  });

  it('may be a marker whose checksum is right', () => {
    const records = Buffer.concat([undone, transactional(2, 'unreadable marker'), ...committed]);
    const { pages, holes } = take(records, 'keep', [0]);
    expect(holes).toContainEqual({ from: 2, to: 5, reason: 'damaged' });
    expect(pages.flatMap(({ offsets }) => offsets)).toEqual([6]);
    expect(() => take(records, 'refuse', [0])).toThrow(/t\[0\].*no valid key/);
  });

  it('leaves in no doubt what is undone for sure, nor what was never in a transaction that was undone', () => {
    const again = [transactional(3, ['c', 'd']), transactional(5, 'abort'), transactional(6, ['e'])];
    const records = Buffer.concat([undone, flipped(marker), ...again]);
    const taken = take(records, 'keep', [0, 3]);
    expect(taken.holes).toEqual([
      { from: 0, to: 2, reason: 'aborted' },
      { from: 2, to: 3, reason: 'damaged' },
      { from: 3, to: 5, reason: 'aborted' },
      { from: 5, to: 6, reason: 'control' },
    ]);
    expect(taken.pages.flatMap(({ offsets }) => offsets)).toEqual([6]);
    const others = take(Buffer.concat([undone, flipped(marker), batch(3, ['c'])]), 'keep', [0]);
    expect(others.pages.flatMap(({ offsets }) => offsets)).toEqual([3]);
  });
});
