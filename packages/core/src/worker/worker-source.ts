import type { Worker } from './worker.js';

/**
 * A worker as the strategies take it. A module can be opened by threads, which run on all cores and stop endless loops, and so can a process; a
 * definition in memory runs in the calling thread, where an endless loop cannot be stopped.
 */
export type WorkerSource =
  | {
      readonly kind: 'module';
      /** `file:` URL of a TS or JS module whose default export is a worker. */ readonly url: string;
    }
  | {
      readonly kind: 'definition';
      readonly worker: Worker;
      /** Names this version of the code, as a hash of a module would. */ readonly hash: string;
    }
  | ProcessSource;

/** A process in any language that speaks the process protocol. */
export interface ProcessSource {
  readonly kind: 'process';
  /** The program and its arguments; started without a shell. */
  readonly command: readonly [string, ...string[]];
  /** The folder that it is started in. */
  readonly cwd: string;
  /** Files and folders whose content belongs to the worker's hash, besides the command. */
  readonly files: readonly string[];
}

/** A worker that a thread can open by itself. */
export type WorkerLocator = Exclude<WorkerSource, { readonly kind: 'definition' }>;

/** Where declared reference data stands: a file of rows `{key, valid_from, value}` by table name. */
export type ReferenceFiles = Readonly<Record<string, string>>;
