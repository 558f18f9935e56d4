import { isRecoveryError } from '../../../model/errors/recovery-error.js';
import fc from 'fast-check';
import { snappyCompress } from 'hysnappy';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { seed } from '../../../../test/kafka/batch-seed.js';
import { capturedSegments, lz4Frames, lz4Plain } from '../../../../test/kafka/captured-batches.js';
import { decompress, type CompressionCodec } from './decompress.js';
import { decompressZstdInJavaScript } from './decompress-zstd.js';
import { recordBatches, recordsStart } from './record-batch.js';

describe(`decompression (seed ${seed})`, () => {
  it('gives uncompressed records back as they are', () => {
    const bytes = Buffer.from('as it is');
    expect(decompress('none', bytes)).toBe(bytes);
  });

  it.each(lz4Frames)('reads a frame of lz4 $flags', ({ frame }) => {
    expect(decompress('lz4', frame).equals(lz4Plain)).toBe(true);
  });

  it('reads frames of LZ4 behind each other, among others to be stepped over, with any header checksum', () => {
    const [{ frame } = { frame: Buffer.alloc(0) }] = lz4Frames;
    const other = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const wrong = Buffer.from(frame);
    wrong[6] = wrong[6]! ^ 0x55;
    const expected = Buffer.concat([lz4Plain, lz4Plain]);
    expect(decompress('lz4', Buffer.concat([other, frame, other, wrong])).equals(expected)).toBe(true);
  });

  it('reads any sequences of LZ4, whether blocks refer back to others or not', () => {
    fc.assert(
      fc.property(arbitraryLz4, ({ frame, plain }) => {
        expect(decompress('lz4', frame).equals(plain)).toBe(true);
      }),
      { seed, numRuns: 300 },
    );
  });

  it('refuses matches of LZ4 that begin before the data, or before an independent block', () => {
    const reaching = [0x10, 0x61, 2, 0, 0x10, 0x62];
    expectDamage('lz4', lz4Frame([{ bytes: reaching, stored: false }], true));
    const blocks = [
      { bytes: [0x61, 0x61, 0x61], stored: true },
      { bytes: reaching, stored: false },
    ];
    expectDamage('lz4', lz4Frame(blocks, true));
    expect(decompress('lz4', lz4Frame(blocks, false)).toString()).toBe('aaaaaaaab');
  });

  it('refuses blocks of LZ4 that are larger than their frame allows', () => {
    const size = 64 * 1024;
    const stored = (length: number) => lz4Frame([{ bytes: Array<number>(length).fill(0x61), stored: true }], true);
    const repeated = (length: number) =>
      lz4Frame([{ bytes: [0x1f, 0x61, 1, 0, ...lz4Length(length - 21), 0x10, 0x61], stored: false }], true);
    for (const make of [stored, repeated]) {
      expect(decompress('lz4', make(size)).length).toBe(size);
      expectDamage('lz4', make(size + 1));
    }
  });

  it('reads raw blocks of snappy, and those in the framing of snappy-java', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 }), (parts) => {
        const plain = Buffer.concat(parts);
        expect(decompress('snappy', Buffer.from(snappyCompress(plain))).equals(plain)).toBe(true);
        const framed = Buffer.concat([xerialHeader, ...parts.map(xerialBlock)]);
        expect(decompress('snappy', framed).equals(plain)).toBe(true);
        expect(decompress('snappy', Buffer.concat([framed, framed])).equals(Buffer.concat([plain, plain]))).toBe(true);
      }),
      { seed, numRuns: 100 },
    );
  });

  it('reads zstd without help from Node as with it', () => {
    for (const { bytes } of compressedRecords.filter(({ codec }) => codec === 'zstd')) {
      expect(decompressZstdInJavaScript(bytes, 1e6).equals(decompress('zstd', bytes))).toBe(true);
      const twice = decompressZstdInJavaScript(Buffer.concat([bytes, bytes]), 1e6);
      expect(twice.length).toBe(2 * decompress('zstd', bytes).length);
    }
  });

  it('reads frames of zstd whose window is far wider than their content, and refuses blocks that no writer may make', () => {
    const runs = (length: number) =>
      Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58]), ...zstdRuns(1, length)]);
    for (const length of [1, 10, 128 * 1024]) {
      expect(decompress('zstd', runs(length)).equals(Buffer.alloc(length, 0x61))).toBe(true);
      expect(decompressZstdInJavaScript(runs(length), 1e6).equals(Buffer.alloc(length, 0x61))).toBe(true);
    }
    expectDamage('zstd', runs(128 * 1024 + 1));
  });

  it('does not stay with a block of zstd that would take ages', () => {
    // 98047 matches of 65539 bytes each in a block that may hold 131072.
    const sequences = [0, 0xff, 0xff, 0xff, 0x54, 0, 0, 52, 1];
    const endless = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58, (sequences.length << 3) | 5, 0, 0, ...sequences]);
    expect(() => decompressZstdInJavaScript(endless, 1e6, 200)).toThrow('it takes longer than any that is whole');
  });

  it('expands to the limit and not beyond it', () => {
    const zeros = Buffer.alloc(1_000_000);
    const samples: [CompressionCodec, Buffer, number][] = [
      ['gzip', gzipSync(zeros), zeros.length],
      ['snappy', Buffer.from(snappyCompress(zeros)), zeros.length],
      ['snappy', Buffer.concat([xerialHeader, xerialBlock(zeros), xerialBlock(zeros)]), 2 * zeros.length],
      ...lz4Frames.map(({ frame }): [CompressionCodec, Buffer, number] => ['lz4', frame, lz4Plain.length]),
      ...compressedRecords.map(({ codec, bytes }): [CompressionCodec, Buffer, number] => [
        codec,
        bytes,
        decompress(codec, bytes).length,
      ]),
      // Eight blocks of zstd that repeat one byte 100000 times.
      ['zstd', Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58]), ...zstdRuns(8, 100_000)]), 800_000],
    ];
    for (const [codec, bytes, length] of samples) {
      expect(decompress(codec, bytes, length).length).toBe(length);
      expectDamage(codec, bytes, length - 1);
    }
  });

  it('is not talked into memory by sizes that are announced', () => {
    expectDamage('snappy', Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0]));
    expectDamage('lz4', Buffer.from([4, 0x22, 0x4d, 0x18, 0x68, 0x40, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    // A window of almost 2 GiB, and a content of 2^62 bytes.
    expectDamage('zstd', Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0xa7]), ...zstdRuns(1, 10)]));
    const announced = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x40]);
    expectDamage('zstd', Buffer.concat([announced, ...zstdRuns(1, 10)]));
  });

  it('answers bytes that were changed or cut with other bytes or with corrupt-record-batch, and nothing else', () => {
    const samples = [
      ...compressedRecords,
      ...lz4Frames.map(({ frame }) => ({ codec: 'lz4' as const, bytes: frame })),
      { codec: 'snappy' as const, bytes: Buffer.from(snappyCompress(lz4Plain.subarray(0, 5_000))) },
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 3 }),
        fc.option(fc.nat(), { freq: 3 }),
        ({ codec, bytes }, flips, cut) => {
          const changed = Buffer.from(bytes.subarray(0, cut === null ? bytes.length : cut % bytes.length));
          for (const [at, by] of flips) {
            if (changed.length > 0) changed[at % changed.length] = changed[at % changed.length]! ^ by;
          }
          try {
            const plain = decompress(codec, changed, 1_000_000);
            expect(plain.length).toBeLessThanOrEqual(1_000_000);
          } catch (error) {
            expect(isRecoveryError(error) && error.code).toBe('corrupt-record-batch');
          }
        },
      ),
      { seed, numRuns: 6_000 },
    );
  });

  it('answers any bytes at all with bytes or with corrupt-record-batch', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<CompressionCodec>('gzip', 'snappy', 'lz4', 'zstd'),
        fc.uint8Array({ maxLength: 60 }),
        fc.boolean(),
        (codec, random, headed) => {
          const bytes = Buffer.concat([headed ? heads[codec] : Buffer.alloc(0), random]);
          try {
            decompress(codec, bytes, 1_000_000);
          } catch (error) {
            expect(isRecoveryError(error) && error.code).toBe('corrupt-record-batch');
          }
        },
      ),
      { seed, numRuns: 4_000 },
    );
  });
});

/** The compressed records of every captured batch that has some. */
const compressedRecords = capturedSegments.flatMap(({ bytes }) =>
  [...recordBatches(bytes)].flatMap(({ codec, position, bytes: length }) =>
    codec === 'none' ? [] : [{ codec, bytes: bytes.subarray(position + recordsStart, position + length) }],
  ),
);

const xerialHeader = Buffer.concat([
  Buffer.from([0x82]),
  Buffer.from('SNAPPY\0'),
  Buffer.from([0, 0, 0, 1, 0, 0, 0, 1]),
]);

/** How data of each codec begins. */
const heads: Readonly<Record<CompressionCodec, Buffer>> = {
  none: Buffer.alloc(0),
  gzip: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
  snappy: xerialHeader,
  lz4: Buffer.from([4, 0x22, 0x4d, 0x18, 0x60, 0x40]),
  zstd: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
};

function xerialBlock(plain: Uint8Array): Buffer {
  const block = snappyCompress(plain);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(block.length);
  return Buffer.concat([length, block]);
}

function zstdRuns(count: number, length: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => {
    const header = Buffer.alloc(4, 0x61);
    header.writeUIntLE((length << 3) | 2 | (i === count - 1 ? 1 : 0), 0, 3);
    return header;
  });
}

function expectDamage(codec: CompressionCodec, bytes: Buffer, limit?: number): void {
  expect(() => decompress(codec, bytes, limit)).toThrow(expect.objectContaining({ code: 'corrupt-record-batch' }));
}

interface Lz4Block {
  readonly bytes: readonly number[];
  readonly stored: boolean;
}

function lz4Frame(blocks: readonly Lz4Block[], independent: boolean, checksums = false): Buffer {
  const flags = 0x40 | (independent ? 0x20 : 0) | (checksums ? 0x14 : 0);
  const checksum = checksums ? [1, 2, 3, 4] : [];
  const parts = blocks.map(({ bytes, stored }) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length + (stored ? 2 ** 31 : 0));
    return Buffer.from([...length, ...bytes, ...checksum]);
  });
  return Buffer.concat([
    Buffer.from([4, 0x22, 0x4d, 0x18, flags, 0x40, 0]),
    ...parts,
    Buffer.from([0, 0, 0, 0, ...checksum]),
  ]);
}

/** A frame of random sequences, with what they expand to by definition. */
const arbitraryLz4 = fc
  .record({
    independent: fc.boolean(),
    checksums: fc.boolean(),
    blocks: fc.array(
      fc.oneof(
        fc.record({ stored: fc.constant(true), bytes: fc.uint8Array({ minLength: 1, maxLength: 50 }) }),
        fc.record({
          stored: fc.constant(false),
          sequences: fc.array(
            fc.record({
              literals: fc.uint8Array({ minLength: 1, maxLength: 40 }),
              distance: fc.oneof(fc.constant(0), fc.nat(400)),
              length: fc.oneof(fc.integer({ min: 4, max: 25 }), fc.integer({ min: 4, max: 700 })),
            }),
            { maxLength: 6 },
          ),
          last: fc.uint8Array({ minLength: 1, maxLength: 300 }),
        }),
      ),
      { maxLength: 5 },
    ),
  })
  .map(({ independent, checksums, blocks }) => {
    const plain: number[] = [];
    const encoded = blocks.map((block): Lz4Block => {
      if ('bytes' in block) {
        plain.push(...block.bytes);
        return { stored: true, bytes: [...block.bytes] };
      }
      const bytes: number[] = [];
      const earliest = independent ? plain.length : 0;
      for (const { literals, distance: wanted, length } of block.sequences) {
        plain.push(...literals);
        const distance = 1 + (wanted % (plain.length - earliest));
        bytes.push((Math.min(15, literals.length) << 4) | Math.min(15, length - 4));
        bytes.push(...lz4Length(literals.length - 15), ...literals, distance & 0xff, distance >> 8);
        bytes.push(...lz4Length(length - 19));
        for (let i = 0; i < length; i++) plain.push(plain[plain.length - distance]!);
      }
      bytes.push(Math.min(15, block.last.length) << 4, ...lz4Length(block.last.length - 15), ...block.last);
      plain.push(...block.last);
      return { stored: false, bytes };
    });
    return { frame: lz4Frame(encoded, independent, checksums), plain: Buffer.from(plain) };
  });

/** What of a length does not fit into the token; nothing where it is negative. */
function lz4Length(rest: number): number[] {
  return rest < 0 ? [] : rest < 255 ? [rest] : [255, ...lz4Length(rest - 255)];
}
