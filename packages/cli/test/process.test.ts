import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { spawnEventmend } from './spawn-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
let folder: string;
beforeAll(() => temporaryFolder((path) => (folder = path)));

describe('the built program', () => {
  it('shows help, results on stdout and errors on stderr', async () => {
    const help = await spawnEventmend(folder, ['--help']);
    expect([help.code, help.err, help.out.split('\n')[0]]).toEqual([0, '', 'Usage: eventmend [options] [command]']);
    expect(help.out.split('\n').every((line) => line.length <= 80)).toBe(true);
    const wrong = await spawnEventmend(folder, ['asess']);
    expect([wrong.code, wrong.out, wrong.err.split('\n')[0]]).toEqual([2, '', "error EM1001: unknown command 'asess'"]);
  });

  it('has colour only when it is wanted', async () => {
    const escapes = async (env: Record<string, string>) =>
      (await spawnEventmend(folder, ['assess'], { env })).err.includes('\u001b');
    expect(await escapes({})).toBe(false);
    expect(await escapes({ FORCE_COLOR: '1' })).toBe(true);
    expect(await escapes({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
  });

  it('writes ASCII where the locale is not UTF-8', async () => {
    const { err } = await spawnEventmend(folder, ['assess'], { env: { LC_ALL: 'C' } });
    expect(err).toContain('exit 2 - docs/errors.md#em1003');
    // eslint-disable-next-line no-control-regex -- ASCII is the claim
    expect(err).toMatch(/^[\x00-\x7f]*$/);
  });

  it('is quiet when the reader goes away', () => {
    const piped = spawnSync('sh', ['-c', `"${process.execPath}" "${bin}" --help | true`], { encoding: 'utf8' });
    expect(piped.stderr).toBe('');
  });

  it('writes completion scripts, and answers them', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      const { code, out } = await spawnEventmend(folder, ['completion', shell]);
      expect([shell, code, out.includes('eventmend')]).toEqual([shell, 0, true]);
    }
    const { out } = await spawnEventmend(folder, ['complete', '--', 'plan', '--acc']);
    expect(out).toMatch(/^--accept-gaps\t/m);
    expect((await spawnEventmend(folder, ['completion', 'tcsh'])).code).toBe(2);
  });
});
