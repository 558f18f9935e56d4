import type { Engine } from '../engine/engine.js';
import type { Terminal } from '../terminal/terminal.js';
import type { Confirm } from './command-context.js';
import type { StopSignal } from './stop-signal.js';

/** Everything outside that the program touches; a test hands in its own. */
export interface CliEnvironment {
  readonly cwd: string;
  readonly terminal: Terminal;
  readonly engine: Engine;
  readonly confirm: Confirm;
  readonly listenForStop: (onFirst: () => void) => StopSignal;
  /** A monotonic clock in milliseconds, for rates. */
  readonly now: () => number;
}
