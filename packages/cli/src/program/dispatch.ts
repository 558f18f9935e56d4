import type { CommandContext, CommandResult } from './command-context.js';
import type { GlobalOptions } from './run-command.js';

export type Handler = (context: CommandContext) => Promise<CommandResult>;

/** Called with the name of the chosen command, its options, and what to run; modules are loaded only then. */
export type Dispatch = (name: string, options: GlobalOptions, handler: Handler) => Promise<void>;
