export { runCli } from './program/run-cli.js';
export { processWorld } from './program/process-world.js';
export type { World } from './program/world.js';
export type { CommandContext, CommandResult, Confirm } from './program/command-context.js';
export type { StopSignal } from './program/stop-signal.js';
export type { ArchiveTools, Engine, ReplayStrategy } from './engine/engine.js';
export type { Terminal } from './terminal/terminal.js';
export type { Look } from './terminal/look.js';
