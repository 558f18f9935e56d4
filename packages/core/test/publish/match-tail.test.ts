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
