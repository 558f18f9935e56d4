import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '@eventmend/core';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const shipped = (name: string) => fileURLToPath(new URL(`../fleet/${name}`, import.meta.url));
const manifest = readFileSync(shipped('kubernetes-job.yaml'), 'utf8');
const pythonJob = readFileSync(shipped('eventmend_fleet.py'), 'utf8');

interface Job {
  readonly spec: {
    readonly podFailurePolicy: { readonly rules: readonly [{ readonly onExitCodes: { readonly values: number[] } }] };
    readonly template: { readonly spec: { readonly containers: readonly [{ readonly args: readonly string[] }] } };
  };
}
const { spec } = parse(manifest) as Job;

/** Trying again changes none of these; a locked folder, a passing trouble and an interruption are over at some time. */
const final = Object.entries(exitCodes)
  .filter(([name]) => !['ok', 'locked', 'transient', 'interrupted'].includes(name))
  .map(([, code]) => code);

describe('what schedulers are told', () => {
  it('ends a task for the exit codes that trying again does not change', () => {
    expect(spec.podFailurePolicy.rules[0].onExitCodes.values).toEqual(final);
    expect(/^FINAL = "([0-9|]+)"$/m.exec(pythonJob)?.[1]).toBe(final.join('|'));
  });

  it('names commands and options that there are', async () => {
    const [script] = spec.template.spec.containers[0].args;
    const [, verb = '', ...words] = /^exec eventmend fleet (\w+) (.*)$/.exec(script ?? '') ?? [];
    const { out, code } = await runEventmend(folder, ['fleet', verb, '--help']);
    expect(code).toBe(0);
    const options = words.join(' ').match(/--\w+/g) ?? [];
    expect(options).toEqual(['--incident', '--scratch']);
    for (const option of options) expect(out).toContain(option);
    for (const other of ['read', 'verify']) {
      expect(pythonJob).toContain(`"${other}"`);
      expect((await runEventmend(folder, ['fleet', other, '--help'])).out).toContain('--incident');
    }
  });
});

/** The validator of EVENTMEND_KUBERNETES_VALIDATE, or one that is installed from PyPI once. */
function validator(): string {
  const named = process.env['EVENTMEND_KUBERNETES_VALIDATE'];
  const home = named ?? fileURLToPath(new URL('../../../.nx/kubernetes-validate', import.meta.url));
  const program = join(home, 'bin', 'kubernetes-validate');
  if (existsSync(program)) return program;
  mkdirSync(home, { recursive: true });
  for (const [bin, ...words] of [
    ['python3', '-m', 'venv', home],
    [join(home, 'bin', 'pip'), 'install', '--quiet', 'kubernetes-validate>=1.37,<2'],
  ] as const) {
    const { status, stderr } = spawnSync(bin, words, { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  }
  return program;
}

// It is installed from PyPI: in `npm run test:full` only, and no test of every day that would count as skipped.
if (process.env['EVENTMEND_FULL'] !== undefined)
  describe('the manifest for Kubernetes', () => {
    it('passes the schema of Kubernetes, and does not where a field is misspelt or of another type', () => {
      const validate = (text: string) => {
        const file = join(folder, 'job.yaml');
        writeFileSync(file, text);
        return spawnSync(validator(), ['--strict', file], { encoding: 'utf8' });
      };
      const { status, stdout } = validate(manifest);
      expect(stdout).toMatch(/passed for resource job\/eventmend-fleet/);
      expect(status).toBe(0);
      for (const [from, to] of [
        ['maxFailedIndexes:', 'maximumFailedIndexes:'],
        ['completions: 12', "completions: 'twelve'"],
        ['emptyDir: {}', 'emptyDirectory: {}'],
      ] as const) {
        expect(manifest).toContain(from);
        expect(validate(manifest.replace(from, to)).status, to).not.toBe(0);
      }
    });
  });
