import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchWriter, type RecordToWrite } from '../../src/sources/kafka/batches/batch-writer.js';
import { decodeBatch } from '../../src/runs/publish/row-cursor.js';
import { publicationId } from '../../src/runs/publish/outbox.js';
import { publicationHeaders } from '../../src/runs/publish/publication-headers.js';
import { TailMatcher } from '../../src/runs/publish/match-tail.js';
import { base, memoryOutbox } from './memory-outbox.js';

const rows = memoryOutbox(
  Array.from({ length: 7 }, (_, n) => ({ key: `k${n % 3}`, value: `v${n}`, guarded: false })),
  3,
);
const idHeader = (n: number) => [publicationHeaders.id, `output-${n}`] as const;
const publicationHeader = (n: number) => [publicationHeaders.publication, publicationId(base, 0, n)] as const;

type Change = (row: RecordToWrite) => Partial<RecordToWrite>;

/** A row as it was published, with what a test changes of it. */
function published(n: number, change: Change = () => ({})): RecordToWrite {
  const headers = [idHeader(n), publicationHeader(n)].map(
    ([name, value]) => [Buffer.from(name), Buffer.from(value)] as const,
  );
  const row = { key: Buffer.from(`k${n % 3}`), value: Buffer.from(`v${n}`), time: 5, headers };
  return { ...row, ...change(row) };
}

const foreign: RecordToWrite = { key: Buffer.from('k0'), value: Buffer.from('v0'), time: 1, headers: [] };

function matched(...records: readonly RecordToWrite[]): TailMatcher {
  const writer = new BatchWriter();
  for (const record of records) writer.add(record);
  const tail = new TailMatcher({ rows, base, topic: 'out', outputOf: () => 'o' });
  if (records.length > 0) tail.take(decodeBatch(writer.take()));
  return tail;
}

describe('what a topic shows against the outbox', () => {
  test('rows in their order count, whatever stands between them', () => {
    const tail = matched(published(0), foreign, published(1), published(2), foreign, published(3));
    expect([tail.next, tail.found, tail.foreign]).toEqual([4, 4, 2]);
    expect([...tail.foreignKeys]).toEqual([['["o","k0"]', 4]]);
    const all = Array.from({ length: 7 }, (_, n) => published(n));
    expect(matched(...all, foreign)).toMatchObject({ next: 7, found: 7, foreign: 1 });
    expect(matched(...all).digest).not.toBe(matched(...all.slice(0, 6)).digest);
  });

  test('batches that stand there as they were sealed count as their rows do, wherever the topic is looked at (property)', () => {
    const sealed = [...rows.batches(0)];
    const singly = Array.from({ length: 7 }, (_, n) => [published(n)]).flat();
    fc.assert(
      fc.property(fc.nat(3), fc.array(fc.nat(2), { maxLength: 3 }), (whole, foreignAt) => {
        const tail = new TailMatcher({ rows, base, topic: 'out', outputOf: () => 'o' });
        const one = (record: RecordToWrite): void => {
          const writer = new BatchWriter();
          writer.add(record);
          tail.take(decodeBatch(writer.take()));
        };
        for (const [at, batch] of sealed.slice(0, whole).entries()) {
          if (foreignAt.includes(at)) one(foreign);
          tail.take(decodeBatch(batch));
        }
        const before = Math.min(7, whole * 3);
        for (const record of singly.slice(before)) one(record);
        const foreigners = sealed.slice(0, whole).filter((_, at) => foreignAt.includes(at)).length;
        expect([tail.next, tail.found, tail.foreign]).toEqual([7, 7, foreigners]);
        expect(tail.digest).toBe(matched(...singly).digest);
      }),
      { numRuns: 100, seed: 53 },
    );
    const again = new TailMatcher({ rows, base, topic: 'out', outputOf: null });
    again.take(decodeBatch(sealed[0]!));
    expect(() => again.take(decodeBatch(sealed[0]!))).toThrow('row 0 stands where row 3 is expected');
  });

  const changes: readonly (readonly [string, Change])[] = [
    ['its key', () => ({ key: Buffer.from('k9') })],
    ['no key', () => ({ key: null })],
    ['its value', () => ({ value: Buffer.from('w1') })],
    ['a tombstone', () => ({ value: null })],
    ['a header more', ({ headers }) => ({ headers: [...headers, headers[0]!] })],
    ['a header less', ({ headers }) => ({ headers: headers.slice(1) })],
    ['the order of its headers', ({ headers }) => ({ headers: [...headers].reverse() })],
    ['its semantic id', ({ headers }) => ({ headers: [[headers[0]![0], Buffer.from('output-9')], headers[1]!] })],
  ];
  test.each(changes)('a row that stands there with another content is refused: %s', (_, change) => {
    expect(() => matched(published(0), published(1, change))).toThrow('out[0]@1: a5f00d-0-1 has other contents');
  });

  test('a row twice, and one that was passed over, are refused', () => {
    expect(() => matched(published(0), published(1), published(0))).toThrow(
      'row 0 stands where row 2 is expected: it was published twice',
    );
    expect(() => matched(published(0), published(2))).toThrow('row 2 stands where row 1 is expected');
    const all = Array.from({ length: 7 }, (_, n) => published(n));
    expect(() => matched(...all, published(6))).toThrow('published twice');
    expect(() => matched(...all, published(7))).toThrow('row 7 stands where row 7 is expected');
  });
});
