export { runCli } from './program/run-cli.js';
export { processEnvironment } from './program/process-environment.js';
export type { CliEnvironment } from './program/cli-environment.js';
export type { CommandContext, CommandResult, Confirm } from './program/command-context.js';
export type { StopSignal } from './program/stop-signal.js';
export type { ArchiveTools, Engine, ReplayStrategy } from './engine/engine.js';
export type { Terminal } from './terminal/terminal.js';
export type { TerminalStyle } from './terminal/terminal-style.js';
