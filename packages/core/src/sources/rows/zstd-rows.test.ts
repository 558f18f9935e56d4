import { once } from 'node:events';
import * as zlib from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../testing/scratch-folder.js';
import { openRows } from './open-rows.js';
import { createZstdDecompressor } from './zstd-stream.js';

const folder = scratchFolder();
afterAll(() => folder.remove());

/** 40 lines {"n": N, "text": "row N"} in two frames, the first with a checksum, made by the zstd command. */
const packed = Buffer.from(
  'KLUv/WQcAT0DAFLFDxGw6ydVKDnMQZKESCkZkjHQlSDq+bm5eXk5Ofn4eL/P5+/3/58/x5hSCBmjm3n3B1FFusU0kbaXmmYQiVQpDCaoEUD2/m/Q' +
    'czkQFKEXSPgBaREWCAbgSU/IEXSCsgADa2CDrQaTOmwVKLUv/WQwAdUCAHKEDhGwOydVKDnMQZIoM3NpiYGuBOBlKYSMIcS/ezfzrrZ2KYSMIcS/' +
    'ezfzLnipjCypRJOrnZUYlNEkShcmqBHAt/8d4OcQRgQEjJEHq6nVMp1eTCyWmAdJDR3FLNc=',
  'base64',
);

async function readAll(content: Uint8Array, from?: { rows: number; lines: number; byte: number }): Promise<unknown[]> {
  const source = await openRows(folder.file('case.jsonl.zst', content));
  const reader = source.open(from);
  const values: unknown[] = [];
  for (let batch = await reader.next(); batch !== null; batch = await reader.next()) values.push(...batch.values);
  reader.close();
  return values;
}

const rows = Array.from({ length: 40 }, (_, n) => ({ n, text: `row ${n}` }));

describe('zstd', () => {
  it('reads several frames, and reads on from a position', async () => {
    expect(await readAll(packed)).toEqual(rows);
    const second = Buffer.byteLength(
      rows
        .slice(0, 20)
        .map(({ n, text }) => `{"n": ${n}, "text": "${text}"}\n`)
        .join(''),
    );
    expect(await readAll(packed, { rows: 20, lines: 20, byte: second })).toEqual(rows.slice(20));
  });

  it('tells a cut file wherever it is cut, but between two frames', async () => {
    for (let length = 0; length < packed.length; length++) {
      if (length === 117) continue; // the end of the first frame
      await expect(readAll(packed.subarray(0, length))).rejects.toMatchObject({ code: 'unreadable-row' });
    }
  });

  it('tells what is not zstd', async () => {
    await expect(readAll(Buffer.from('{"n":1}\n'.repeat(10)))).rejects.toMatchObject({ code: 'unreadable-row' });
  });

  for (const [name, native] of [
    ['fzstd', {}],
    ['node:zlib where it can', zlib as object],
  ] as const) {
    it(`inflates by ${name}, in pieces of any length`, async () => {
      for (const size of [1, 2, 7, 50, 1000]) {
        const inflate = createZstdDecompressor(native);
        const pieces: Buffer[] = [];
        inflate.on('data', (piece: Buffer) => pieces.push(piece));
        for (let at = 0; at < packed.length; at += size) inflate.write(packed.subarray(at, at + size));
        inflate.end();
        await once(inflate, 'end');
        expect(
          Buffer.concat(pieces)
            .toString()
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as unknown),
        ).toEqual(rows);
      }
    });
  }
});
