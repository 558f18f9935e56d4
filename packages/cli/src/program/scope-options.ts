import { resolve } from 'node:path';
import { RecoveryError } from '@eventmend/core';
import type { PartitionChoice, ScopeRequest } from '@eventmend/log-replay';
import type { Command } from 'commander';
import { readKeyFile } from './read-key-file.js';

/** What limits a command to some keys. */
export interface ScopeOptions {
  readonly keys?: string;
  readonly keyFile?: string;
  readonly where?: readonly string[];
  readonly partition?: readonly string[];
  readonly acceptClosure?: boolean;
}

/** As the command line names them, for whoever has to list those that were given. */
export const scopeOptionNames = ['keys', 'keyFile', 'where', 'partition', 'acceptClosure'] as const;

export function addScopeOptions(command: Command): Command {
  return command
    .option('--keys <list>', 'limit to these keys, such as acme,globex')
    .option('--key-file <file>', 'limit to the keys in this file, one a line')
    .option('--where <condition>', 'limit to keys of such events, such as \'value.tenant = "acme"\'', collect)
    .option('--partition <number>', 'limit to keys of this partition: 3, or orders:3', collect)
    .option('--accept-closure', 'also take in the keys that share events with the chosen ones');
}

/**
 * The scope that the options ask for; undefined for everything.
 * @throws RecoveryError EM1001 for an option that is not understood, EM1003 and EM1009 for the key file
 */
export function scopeRequestOf(options: ScopeOptions, cwd: string): ScopeRequest | undefined {
  const { keys, keyFile, where = [], partition = [], acceptClosure } = options;
  if (keys === undefined && keyFile === undefined && where.length === 0 && partition.length === 0) {
    if (acceptClosure !== true) return undefined;
    throw new RecoveryError('EM1001', '--accept-closure is about a limited recovery, and nothing limits this one', {
      hint: 'add --keys, --key-file, --where or --partition, or leave it out',
    });
  }
  const named = [
    ...(keys === undefined ? [] : keysOf(keys)),
    ...(keyFile === undefined ? [] : readKeyFile(resolve(cwd, keyFile))),
  ];
  return { keys: [...new Set(named)], where, partitions: partition.map(partitionOf) };
}

/** The options again, for the next command. */
export function scopeWords(options: ScopeOptions): string[] {
  return [
    ...(options.keys === undefined ? [] : ['--keys', options.keys]),
    ...(options.keyFile === undefined ? [] : ['--key-file', options.keyFile]),
    ...(options.where ?? []).flatMap((condition) => ['--where', condition]),
    ...(options.partition ?? []).flatMap((number) => ['--partition', number]),
    ...(options.acceptClosure === true ? ['--accept-closure'] : []),
  ];
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function keysOf(list: string): readonly string[] {
  const keys = list.split(',').filter((key) => key !== '');
  if (keys.length > 0) return keys;
  throw new RecoveryError('EM1001', '--keys names no key', { hint: 'give keys such as --keys acme,globex' });
}

function partitionOf(text: string): PartitionChoice {
  const match = /^(?:p?(\d{1,9})|(.+):(\d{1,9})|(.+)\[(\d{1,9})\])$/.exec(text.trim());
  if (match === null) {
    throw new RecoveryError('EM1001', `--partition ${JSON.stringify(text)} is not understood`, {
      hint: 'give a partition such as 3 or orders:3',
    });
  }
  const topic = match[2] ?? match[4];
  return { ...(topic !== undefined && { topic }), partition: Number(match[1] ?? match[3] ?? match[5]) };
}
