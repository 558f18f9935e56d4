import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { compareDocument } from '../src/documents/compare-document.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const guide = readFileSync(new URL('../../../docs/comparing.md', import.meta.url), 'utf8');

/** Without what depends on the folder and the machine: ids of runs, and how long they took. */
function withoutTimes(text: string): string[] {
  const lines = text.trim().split('\n');
  return lines.flatMap((line) => {
    if (line.startsWith('Recovery     Run')) return [];
    const isCost = /^(?:checkpoint|estimation) +r-/.test(line);
    return [
      isCost
        ? line
            .replace(/r-[0-9a-f]{8}/, 'RUN')
            .replace(/ [\d.]+m?s\b| {2}-(?= )/g, '')
            .replace(/ +/g, ' ')
        : line,
    ];
  });
}

it('the example of docs/comparing.md prints what stands there; it is kept, written and read as it says', async () => {
  const files = [...guide.matchAll(/<!-- file: (\S+) -->\s+```\w+\n(.*?)```/gs)];
  expect(files).toHaveLength(3);
  for (const [, name = '', content = ''] of files) writeFileSync(join(folder, name), content);
  expect(spawnSync(process.execPath, ['make.mjs'], { cwd: folder }).status).toBe(0);
  const live = readFileSync(join(folder, 'live.ndjson'), 'utf8');
  const run = (...words: string[]) => runEventmend(folder, ['compare', ...words]);

  const [, transcript = ''] = /--quiet\n```\n\n```\n(.*?)```/s.exec(guide) ?? [];
  const first = await run('--recover-missing', '--truth', 'truth.ndjson', '--quiet');
  expect([first.code, first.err]).toEqual([0, '']);
  expect(withoutTimes(first.out)).toEqual(withoutTimes(transcript));
  for (const line of first.out.split('\n')) if (!line.startsWith('Next:')) expect(line.length).toBeLessThanOrEqual(80);

  // The runs are there: nothing is made again, and the strategy that can do nothing is asked again.
  const second = await run('--recover-missing', '--against', 'live', '--json', '--quiet');
  expect(second.err).toBe('');
  const { comparison } = compareDocument.parse(JSON.parse(second.out));
  expect(comparison.recoveries.map(({ states }) => states)).toMatchObject([
    { same: 1, differing: 4, wrongAs: { external: 4 } },
    { same: 0, differing: 5, wrongAs: { interpolated: 5 } },
  ]);
  expect(comparison.refused).toMatchObject([{ strategy: 'log-replay', error: { code: 'log-gap' } }]);
  const kept = JSON.parse(readFileSync(join(folder, '.eventmend', 'comparison.json'), 'utf8')) as unknown;
  expect(kept).toMatchObject({ reference: { kind: 'live' }, keys: 5 });

  const third = await run('--truth', 'truth.ndjson', '--out', 'rows.ndjson');
  expect(third.out).toContain('Wrote 15 rows to rows.ndjson');
  const rows = readFileSync(join(folder, 'rows.ndjson'), 'utf8').trim().split('\n');
  const found = rows.map((row) => JSON.parse(row) as { key: string; recovery: string; finding: string; path: string });
  expect(found.filter(({ recovery, finding }) => recovery === 'live' && finding === 'differs')).toHaveLength(4);
  expect(found.find(({ finding }) => finding === 'differs')?.path).toBe('$.cents');

  // The export of a run as the truth: that run is right in all keys, whatever it calls them.
  const [checkpoint = ''] = comparison.recoveries.flatMap(({ subject }) =>
    subject.kind === 'run' ? [subject.runId] : [],
  );
  for (const file of ['states.ndjson', 'states.sqlite']) {
    await runEventmend(folder, ['export', checkpoint, '--out', file]);
    const again = compareDocument.parse(JSON.parse((await run('--truth', file, '--json')).out));
    expect(again.comparison.recoveries[0]?.states).toMatchObject({ same: 5 });
  }
  const asObject = Object.fromEntries(
    readFileSync(join(folder, 'states.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => {
        const { key, state } = JSON.parse(line) as { key: string; state: unknown };
        return [key, state];
      }),
  );
  writeFileSync(join(folder, 'states.json'), JSON.stringify(asObject));
  const ofJson = compareDocument.parse(JSON.parse((await run('--truth', 'states.json', '--json')).out));
  expect(ofJson.comparison.recoveries[0]?.states).toMatchObject({ same: 5 });

  // What is typed wrongly is named.
  const twice = readFileSync(join(folder, 'states.ndjson'), 'utf8');
  writeFileSync(join(folder, 'twice.ndjson'), twice + twice);
  for (const [words, code, message] of [
    [['--truth', 'twice.ndjson'], 1, /EM5001: the truth cannot be read: .*key "A-0" is there\s+twice/],
    [['--truth', 'none.ndjson'], 2, /EM1003: .*none\.ndjson cannot be read/],
    [['--truth', 'truth.ndjson', '--against', 'live'], 2, /EM1001: --truth and --against both say/],
    [['--truth-outputs', 'truth.ndjson'], 2, /EM1001: --truth-outputs belongs to --truth/],
    [['--runs', checkpoint, '--against', checkpoint], 2, /EM1001: run r-\w+ would be compared with itself/],
    [['--against', 'r-00000000'], 2, /EM4008: there is no run r-00000000/],
    [['--out', 'rows.txt'], 2, /EM1001: the format of rows\.txt/],
    [['--out', 'rows.ndjson'], 2, /EM1006/],
  ] as const) {
    const ended = await run(...words);
    expect([ended.code, ended.err.replace(/\s+/g, ' ')], words.join(' ')).toEqual([
      code,
      expect.stringMatching(message),
    ]);
  }
  expect(readFileSync(join(folder, 'live.ndjson'), 'utf8')).toBe(live);
});

it('ends with 11 where a value is wrong and called exact, and says so first', async () => {
  for (const [, name = '', content = ''] of guide.matchAll(/<!-- file: (\S+) -->\s+```\w+\n(.*?)```/gs)) {
    const whole = content.replace('const isLost = (n) => n >= 600 && n < 606;', 'const isLost = () => false;');
    writeFileSync(join(folder, name), whole);
  }
  spawnSync(process.execPath, ['make.mjs'], { cwd: folder });
  const made = await runEventmend(folder, ['compare', '--recover-missing', '--truth', 'truth.ndjson', '--quiet']);
  expect([made.code, made.out]).toEqual([0, expect.stringMatching(/log-replay +5 +5\n/)]);
  expect(made.out.replace(/\s+/g, ' ')).toContain('estimation refused: nothing is estimated: nothing-lost');
  const ended = await runEventmend(folder, ['compare', '--truth', 'live.ndjson']);
  expect(ended.code).toBe(11);
  const [, , third = ''] = ended.out.split('\n');
  expect(third).toMatch(/^WRONG AND CALLED EXACT: 4 keys of log-replay; first A-0 is/);
});

it('says that there is nothing to compare, and what to do', async () => {
  for (const [, name = '', content = ''] of guide.matchAll(/<!-- file: (\S+) -->\s+```\w+\n(.*?)```/gs))
    writeFileSync(join(folder, name), content);
  spawnSync(process.execPath, ['make.mjs'], { cwd: folder });
  const ended = await runEventmend(folder, ['compare']);
  expect([ended.code, ended.err]).toEqual([
    13,
    expect.stringMatching(/EM4020: there is no run to compare.*--recover-missing/s),
  ]);
});
