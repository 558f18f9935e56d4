import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { RecoveryError } from '@eventmend/core';
import type { SecretSource } from './secret-source.js';

const commandTimeoutMs = 30_000;

/** Reads a secret; a line break at its end does not belong to it. @throws RecoveryError EM2209 when it cannot be had. */
export function readRegistrySecret(source: SecretSource): string {
  let text: string | undefined;
  try {
    text = read(source);
  } catch {
    // The cause of a failed command would have what it printed.
  }
  const secret = text?.replace(/\r?\n$/, '') ?? '';
  if (secret !== '') return secret;
  throw new RecoveryError('EM2209', `the secret of the schema registry cannot be had from ${describe(source)}`, {
    hint: 'the file, the variable or the command must be there and give the secret alone',
  });
}

function read(source: SecretSource): string | undefined {
  if ('file' in source) return readFileSync(source.file, 'utf8');
  if ('env' in source) return process.env[source.env];
  const [program = '', ...args] = source.command;
  return execFileSync(program, args, {
    encoding: 'utf8',
    timeout: commandTimeoutMs,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Arguments of a command are not shown. */
function describe(source: SecretSource): string {
  if ('file' in source) return `the file ${source.file}`;
  return 'env' in source ? `the variable ${source.env}` : `the command ${source.command[0] ?? '(none)'}`;
}
