import type { ReferenceFiles, Worker } from '@eventmend/core';
import type { CopyTarget } from '../files/copy-checkpoint.js';
import type { KeepingPolicy } from '../history/choose-expired.js';

/** What a checkpointer is opened with. */
export interface CheckpointerSettings {
  /** Where the store and the checkpoints are; made where it is not there. On a local disk. */
  readonly folder: string;
  /** Path of a worker module, or a worker made by `defineWorker`. */
  readonly worker: string | Worker;
  /** Name of the original log, for batches that name none; `live` by default. With Kafka it is the id of the cluster. */
  readonly source?: string;
  /** Files of the reference tables that the worker looks things up in. */
  readonly references?: ReferenceFiles;
  /** How often a checkpoint is made: 100,000 events and 300 seconds by default, whichever comes first. */
  readonly every?: { readonly events?: number; readonly seconds?: number };
  /** Every how manieth checkpoint holds all keys, the others what has changed; 10 by default. */
  readonly fullEvery?: number;
  readonly keep?: KeepingPolicy;
  /** `stop`, the default: after a checkpoint that failed nothing more is applied. `go-on`: it is counted and tried again. */
  readonly onFailure?: 'stop' | 'go-on';
  /** Where each checkpoint is copied to as well. */
  readonly copyTo?: CopyTarget;
  /** What the worker holds that no checkpoint does (timers, caches, outputs in flight), by name with a description. */
  readonly omits?: Readonly<Record<string, string>>;
  /** The wall clock, in milliseconds. */
  readonly now?: () => number;
}

export interface CheckpointRhythm {
  readonly events: number;
  readonly seconds: number;
  readonly fullEvery: number;
}

export function rhythmOf({ every = {}, fullEvery = 10 }: CheckpointerSettings): CheckpointRhythm {
  return { events: every.events ?? 100_000, seconds: every.seconds ?? 300, fullEvery };
}
