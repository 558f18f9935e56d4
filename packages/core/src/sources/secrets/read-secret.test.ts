import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecoveryError } from '../../model/errors/recovery-error.js';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { SecretSource } from './secret-source.js';
import { readSecret } from './read-secret.js';

const folder = mkdtempSync(join(tmpdir(), 'secret-'));
const name = 'EVENTMEND_TEST_SECRET';

afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  Reflect.deleteProperty(process.env, name);
});

function file(content: string): SecretSource {
  const path = join(folder, 'secret');
  writeFileSync(path, content);
  return { file: path };
}

const print = (text: string, end = 0): SecretSource => ({
  command: [process.execPath, '-e', `process.stdout.write(${JSON.stringify(text)}); process.exitCode = ${end}`],
});

function refusal(source: SecretSource, limitMs?: number): RecoveryError {
  try {
    readSecret(source, limitMs);
  } catch (error) {
    return error as RecoveryError;
  }
  throw new Error('the secret was read');
}

describe('a secret', () => {
  it('is read from a file, a variable or a command, without one line end behind it', () => {
    process.env[name] = 'from env\n';
    expect(readSecret({ env: name })).toBe('from env');
    expect(readSecret(file('a\nb\r\n'))).toBe('a\nb');
    expect(readSecret(file(' spaces stay \n\n'))).toBe(' spaces stay \n');
    expect(readSecret(print('from command\n'))).toBe('from command');
  });

  it('that cannot be had says why', () => {
    process.env[name] = '';
    const cases: [SecretSource, RegExp][] = [
      [{ env: name }, /EVENTMEND_TEST_SECRET is empty/],
      [{ env: 'EVENTMEND_NOT_SET' }, /EVENTMEND_NOT_SET is not set/],
      [file('\n'), /is empty/],
      [{ file: join(folder, 'none') }, /none cannot be read \(ENOENT\)/],
      [{ command: [] }, /names no program/],
      [{ command: ['eventmend-no-such-program', 'hunter2'] }, /cannot be run \(ENOENT\)/],
      [print('half of hunter2', 3), /failed with exit code 3/],
      [print(''), /is empty/],
    ];
    for (const [source, reason] of cases) {
      const error = refusal(source);
      expect(error.code).toBe('secret-unavailable');
      expect(error.message).toMatch(reason);
    }
  });

  it('is not waited for without end, not even when what the command started lives on', () => {
    const began = performance.now();
    const error = refusal({ command: ['sh', '-c', 'sleep 20 & sleep 20'] }, 300);
    expect(error.message).toMatch(/the command sh gave no answer within 0.3 s/);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('and the arguments of its command stand in no part of the error', () => {
    for (const source of [
      print('half of hunter2', 3),
      { command: ['eventmend-no-such-program', 'hunter2'] },
      { command: ['sh', '-c', 'echo hunter2; echo hunter2 >&2; sleep 20'] },
    ]) {
      const error = refusal(source, 300);
      const all = [error.message, error.hint, error.stack, JSON.stringify(error.details), JSON.stringify(error.cause)];
      expect(all.join('\n').replace(/\n\s+at .*/g, '')).not.toContain('hunter2');
    }
  });
});
