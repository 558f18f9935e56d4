import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BatchWriter } from '../../sources/kafka/batches/batch-writer.js';
import { ContentDigest } from './content-digest.js';
import { publicationHeaders } from './publication-headers.js';
import { decodeBatch } from './row-cursor.js';

const text = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 200 }));
const record = fc.record({ key: fc.option(text), value: fc.option(text), id: fc.option(text), before: fc.boolean() });

it('is SHA-256 over each part behind its length, of texts, of bytes, and of records as they were read (property)', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 30 }), fc.nat(2), (records, large) => {
      const plain = createHash('sha256');
      const ofTexts = new ContentDigest();
      const ofBytes = new ContentDigest();
      const ofRecords = new ContentDigest();
      const writer = new BatchWriter();
      records.forEach(({ key, value: short, id, before }, index) => {
        // What is larger than the buffer of the digest comes too.
        const value = index === 3 && large === 0 ? 'ä'.repeat(50_000) : short;
        for (const part of [key, value, id]) plain.update(framed(part));
        ofTexts.add(key, value, id);
        ofBytes.add(bytesOf(key), bytesOf(value), bytesOf(id));
        const headers: [string, string][] = id === null ? [] : [[publicationHeaders.id, id]];
        if (before) headers.unshift(['eventmend-ix', 'x']);
        writer.add({ key, value, time: 5, headers });
      });
      const columns = decodeBatch(writer.take());
      for (let index = 0; index < columns.length; index++) ofRecords.addRecord(columns, index);
      const expected = plain.digest('hex');
      expect([ofTexts.hex(), ofBytes.hex(), ofRecords.hex()]).toEqual([expected, expected, expected]);
    }),
    { numRuns: 300, seed: 51 },
  );
});

function framed(part: string | null): Buffer {
  if (part === null) return Buffer.alloc(4, 0xff);
  const bytes = Buffer.from(part, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function bytesOf(part: string | null): Buffer | null {
  return part === null ? null : Buffer.from(part, 'utf8');
}
