import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchFolder, type ScratchFolder } from '../../../testing/scratch-folder.js';
import { exportArchive } from '../export-archive.js';
import { verifyArchive } from '../verify-archive.js';

// Runs the built package: build it first (`npx tsc -b packages/log-replay/tsconfig.lib.json`).
const importProcess = fileURLToPath(new URL('../../../../test/archive/import-process.mjs', import.meta.url));
const kills = Number(process.env['EVENTMEND_KILLS'] ?? 6);
const seed = Number(process.env['EVENTMEND_SEED'] ?? 20261123);

describe('an import that is killed', () => {
  let folder: ScratchFolder;
  beforeEach(() => void (folder = scratchFolder()));
  afterEach(() => folder.remove());

  it.each([
    ['ndjson', 0],
    ['ndjson.gz', 0],
    ['ndjson', 2],
  ] as const)(
    `goes on without a lost or doubled event (${kills} kills, seed ${seed}): %s, in %d threads`,
    async (ending, threads) => {
      const random = seededRandom(seed);
      const file = folder.file(`orders.${ending}`);
      const text = Array.from({ length: 12_000 }, (_, i) => `{"order":${i},"customer":"c${i % 37}"}\n`).join('');
      writeFileSync(file, ending.endsWith('.gz') ? gzipSync(text) : text);
      expect((await importAndKill(folder.file('whole'), file, null, threads)).outcome).toBe('imported');
      const whole = await exported(folder.file('whole'), folder.file('whole.ndjson'));

      let killed = 0;
      for (let round = 0; killed < kills; round++) {
        const archive = folder.file(`round-${round}`);
        for (;;) {
          const { outcome } = await importAndKill(
            archive,
            file,
            killed < kills ? random() * (threads === 0 ? 250 : 1000) : null,
            threads,
          );
          if (outcome !== 'killed') {
            // `already`: it was killed between its last commit and its end
            expect(['imported', 'resumed', 'already']).toContain(outcome);
            break;
          }
          killed++;
        }
        expect((await verifyArchive(archive)).problems, `round ${round}, seed ${seed}`).toEqual([]);
        expect((await exported(archive, folder.file('again.ndjson'))) === whole, `round ${round}, seed ${seed}`).toBe(
          true,
        );
        expect(existsSync(`${archive}-journal`)).toBe(false);
      }
    },
    600_000,
  );

  it('says so when the disk is full, and goes on when there is room again', async () => {
    const file = folder.file('orders.ndjson');
    const note = (i: number): string => `${i}`.padStart(60, '.');
    writeFileSync(
      file,
      Array.from({ length: 12_000 }, (_, i) => `{"order":${i},"customer":"c","note":"${note(i)}"}\n`).join(''),
    );
    const archive = folder.file('small');
    // Files may not grow beyond 400 kB in this shell; the signal that would end the process is ignored.
    const limited = `trap '' XFSZ; ulimit -f 400; exec "$0" "$@"`;
    const child = spawnSync('bash', ['-c', limited, process.execPath, importProcess, archive, file], {
      encoding: 'utf8',
    });
    expect(child.stderr).toContain('disk-write-failed');
    const stored = (await verifyArchive(archive)).events;
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThan(12_000);
    expect((await importAndKill(archive, file, null)).outcome).toBe('resumed');
    expect(await verifyArchive(archive)).toMatchObject({ ok: true, events: 12_000 });
  });

  async function exported(archive: string, to: string): Promise<string> {
    const output = createWriteStream(to);
    await exportArchive(archive, output);
    output.end();
    await finished(output);
    return readFileSync(to, 'utf8');
  }
});

/** Runs the import and kills it some milliseconds after it began, unless it is done before. */
async function importAndKill(
  archive: string,
  file: string,
  afterMs: number | null,
  threads = 0,
): Promise<{ readonly outcome: string }> {
  const child = spawn(process.execPath, [importProcess, archive, file, String(threads)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
      resolve();
    });
    child.once('exit', () => resolve());
  });
  const exit = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  await ready;
  if (afterMs !== null) void sleep(afterMs).then(() => child.kill('SIGKILL'));
  const how = await exit;
  if (how === 'SIGKILL') return { outcome: 'killed' };
  expect(err).toBe('');
  expect(how).toBe(0);
  return JSON.parse(out.slice(out.indexOf('{'))) as { readonly outcome: string };
}

/** Numbers in [0, 1) that depend on the seed alone. */
function seededRandom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
