import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PackedRows, unpackFile, type Cell } from './packed-rows.js';

const cell = fc.oneof(
  fc.constantFrom<Cell[]>(null, true, false, '', -0, NaN, Infinity, Number.MAX_SAFE_INTEGER),
  fc.double(),
  fc.string(),
  fc.string({ unit: 'binary' }),
  // Halves of a pair, which are no valid text, alone.
  fc.constantFrom('\ud83d', 'a\udc00', 'é', 'ÿ', 'Ā', 'x'.repeat(3000)),
);
const rows = fc.array(fc.array(cell, { maxLength: 8 }), { maxLength: 40 });

it('gives rows back as they were, from memory and from a file of several blocks', () => {
  fc.assert(
    fc.property(fc.array(rows, { maxLength: 4 }), fc.nat({ max: 7 }), (blocks, shift) => {
      const packed = new PackedRows<readonly Cell[]>();
      const chunks: Uint8Array[] = [];
      for (const block of blocks) {
        packed.clear();
        for (const row of block) packed.add(row);
        expect(packed.isEmpty).toBe(block.length === 0);
        const inMemory: (readonly Cell[])[] = [];
        packed.unpackInto(inMemory);
        expect(inMemory).toStrictEqual(block);
        chunks.push(...packed.chunks().map((chunk) => chunk.slice()));
      }
      // Wherever in memory the file comes to lie.
      const file = Buffer.concat([new Uint8Array(shift), ...chunks]).subarray(shift);
      const read: (readonly Cell[])[] = [];
      unpackFile(file, read);
      expect(read).toStrictEqual(blocks.flat());
    }),
  );
});
