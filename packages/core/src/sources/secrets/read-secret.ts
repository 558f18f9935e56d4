import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { SecretSource } from './secret-source.js';

const commandLimitMs = 10_000;
const mostBytes = 1 << 20;

/**
 * The secret, without the line end that an editor or `echo` puts behind it.
 * @throws RecoveryError `secret-unavailable` with the reason and never with anything that was read: a command that
 *   fails may have printed half of the secret, and its arguments may hold another one.
 */
export function readSecret(source: SecretSource, limitMs = commandLimitMs): string {
  const place = describeSecretSource(source);
  const secret = contentOf(source, place, limitMs).replace(/\r?\n$/, '');
  if (secret === '') throw noSecret(place, 'is empty');
  return secret;
}

/** What a message may say of where a secret comes from: of a command only the program. */
function describeSecretSource(source: SecretSource): string {
  if ('file' in source) return `the file ${source.file}`;
  if ('env' in source) return `the environment variable ${source.env}`;
  return `the command ${source.command[0] ?? '(none)'}`;
}

function contentOf(source: SecretSource, place: string, limitMs: number): string {
  if ('env' in source) {
    const value = process.env[source.env];
    if (value === undefined) throw noSecret(place, 'is not set');
    return value;
  }
  if ('file' in source) {
    try {
      return readFileSync(source.file, 'utf8');
    } catch (error) {
      throw noSecret(place, `cannot be read (${codeOf(error)})`);
    }
  }
  return outputOf(source.command, place, limitMs);
}

function outputOf(command: readonly string[], place: string, limitMs: number): string {
  const [program, ...args] = command;
  if (program === undefined) throw noSecret(place, 'names no program');
  const { error, status, signal, stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: limitMs,
    killSignal: 'SIGKILL',
    maxBuffer: mostBytes,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (error !== undefined) {
    const code = codeOf(error);
    if (code === 'ETIMEDOUT') throw noSecret(place, `gave no answer within ${limitMs / 1000} s`);
    throw noSecret(place, code === 'ENOBUFS' ? 'gives more than 1 MiB' : `cannot be run (${code})`);
  }
  if (signal !== null) throw noSecret(place, `was ended by ${signal}`);
  if (status !== 0) throw noSecret(place, `failed with exit code ${status ?? 'none'}`);
  return stdout;
}

// No cause is kept: errors of spawned programs carry their arguments.
function noSecret(place: string, reason: string): RecoveryError {
  return new RecoveryError('secret-unavailable', `the secret cannot be had: ${place} ${reason}`, {
    hint: 'mend where the secret comes from; what it gives must be the secret and nothing else',
  });
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : 'unknown reason';
}
