import type { Command } from 'commander';

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
