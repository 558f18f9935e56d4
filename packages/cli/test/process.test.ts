import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runEventmend } from './run-eventmend.js';
import { smallEvents, writeSmallIncident } from './small-incident.js';
import { spawnEventmend } from './spawn-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

const bin = fileURLToPath(new URL('../bundle/bin.js', import.meta.url));
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

  it('says in a process of its own what it says in the process of a test', async () => {
    const measured =
      /(took|expected|about) +.*|\d+(\.\d+)? ?(ms|s|min)\b|"(elapsedMs|expectedMs|durationMs|proofMs|eventsPerSecond)": .*/g;
    const said = async (run: typeof runEventmend) => {
      let place = '';
      onTestFinished(temporaryFolder((path) => (place = path)));
      writeSmallIncident(place, { events: smallEvents(50) });
      const all: unknown[] = [];
      for (const words of [
        'assess',
        'plan --json',
        'recover --yes',
        'recover --yes',
        'runs',
        'verify r-none',
        'plan --wrong',
      ]) {
        const { code, out, err } = await run(place, words.split(' '));
        all.push([
          words,
          code,
          ...[out, err].map((text) => text.replaceAll(place, '').replaceAll(measured, '').replace(/ +/g, ' ')),
        ]);
      }
      return all;
    };
    const here = await said(runEventmend);
    expect(here.map((one) => (one as unknown[])[1])).toEqual([0, 0, 0, 2, 0, 2, 2]);
    expect(here).toEqual(await said(spawnEventmend));
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
