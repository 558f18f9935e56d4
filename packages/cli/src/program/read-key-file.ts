import { readFileSync } from 'node:fs';
import { RecoveryError } from '@eventmend/core';

/**
 * The keys of a file in UTF-8, one a line, as they stand there; a byte order mark and blank lines do not count.
 * @throws RecoveryError `file-unavailable` when it cannot be read, `empty-scope` when it names no key
 */
export function readKeyFile(file: string): readonly string[] {
  const keys = readKeys(file)
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => line.trim() !== '');
  if (keys.length > 0) return keys;
  throw new RecoveryError('empty-scope', `the key file ${file} names no key`, { hint: 'write one key a line' });
}

function readKeys(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT' ? 'does not exist' : cause instanceof TypeError ? 'is not valid UTF-8' : 'cannot be read';
    throw new RecoveryError('file-unavailable', `the key file ${file} ${reason}`, {
      hint: 'name a text file in UTF-8 with one key a line',
      cause,
    });
  }
}
