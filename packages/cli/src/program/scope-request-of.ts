import { resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { RecoveryError } from '@eventmend/core';
import type { PartitionChoice, ScopeRequest } from '@eventmend/core/engine';
import type { ScopeOptions } from './scope-options.js';

/**
 * The scope that the options ask for; undefined for everything.
 * @throws RecoveryError `invalid-argument` for an option that is not understood, `file-unavailable` and `empty-scope`
 *   for the key file
 */
export function scopeRequestOf(options: ScopeOptions, cwd: string): ScopeRequest | undefined {
  const { keys, keyFile, where = [], partition = [], acceptClosure } = options;
  if (keys === undefined && keyFile === undefined && where.length === 0 && partition.length === 0) {
    if (acceptClosure !== true) return undefined;
    throw new RecoveryError(
      'invalid-argument',
      '--accept-closure is about a limited recovery, and nothing limits this one',
      { hint: 'add --keys, --key-file, --where or --partition, or leave it out' },
    );
  }
  const named = [
    ...(keys === undefined ? [] : keysOf(keys)),
    ...(keyFile === undefined ? [] : readKeyFile(resolve(cwd, keyFile))),
  ];
  return { keys: [...new Set(named)], where, partitions: partition.map(partitionOf) };
}

function keysOf(list: string): readonly string[] {
  const keys = list.split(',').filter((key) => key !== '');
  if (keys.length > 0) return keys;
  throw new RecoveryError('invalid-argument', '--keys names no key', { hint: 'give keys such as --keys acme,globex' });
}

function partitionOf(text: string): PartitionChoice {
  const match = /^(?:p?(\d{1,9})|(.+):(\d{1,9})|(.+)\[(\d{1,9})\])$/.exec(text.trim());
  if (match === null) {
    throw new RecoveryError('invalid-argument', `--partition ${JSON.stringify(text)} is not understood`, {
      hint: 'give a partition such as 3 or orders:3',
    });
  }
  const topic = match[2] ?? match[4];
  return { ...(topic !== undefined && { topic }), partition: Number(match[1] ?? match[3] ?? match[5]) };
}

/**
 * The keys of a file in UTF-8, one a line, as they stand there; a byte order mark and blank lines do not count.
 * @throws RecoveryError `file-unavailable` when it cannot be read, `empty-scope` when it names no key
 */
function readKeyFile(file: string): readonly string[] {
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
