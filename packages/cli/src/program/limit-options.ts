import { type Command, Option } from 'commander';
import type { Fidelity } from '@eventmend/core';

/** What a recovery must hold, as it is typed. */
export interface LimitOptions {
  readonly maxLoss?: string;
  readonly deadline?: string;
  readonly minFidelity?: Fidelity;
}

const fidelities = ['exact', 'declared', 'external', 'interpolated', 'extrapolated', 'unproven', 'incomplete'];

export function addLimitOptions(command: Command): Command {
  return command
    .option('--max-loss <amount>', 'lose no more, such as 100 (events) or 0.5% (of the events that are needed)')
    .option('--deadline <duration>', 'take no longer to carry out, such as 30m')
    .addOption(new Option('--min-fidelity <word>', 'the least that the result may be called').choices(fidelities));
}

/** The same limits as words of a command line. */
export function limitWords({ maxLoss, deadline, minFidelity }: LimitOptions): string[] {
  return [
    ...(maxLoss === undefined ? [] : ['--max-loss', maxLoss]),
    ...(deadline === undefined ? [] : ['--deadline', deadline]),
    ...(minFidelity === undefined ? [] : ['--min-fidelity', minFidelity]),
  ];
}
