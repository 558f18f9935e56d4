import { existsSync, readFileSync } from 'node:fs';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LaneNumber } from '../../engine/store/run-store.js';

/** What a run of a fleet keeps in the place of a database: where the stores of its tasks lie. */
export interface CollectedTasks {
  readonly format_version: 1;
  readonly fleet: string;
  /** The folder of the fleet. */
  readonly folder: string;
  readonly spread: 'partitions' | 'keys';
  readonly tasks: readonly {
    readonly task: number;
    readonly folder: string;
    readonly lanes: readonly LaneNumber[];
    /** SHA-256 of what the task came to. */
    readonly result: string;
  }[];
}

/** Null for a run with a database of its own. @throws RecoveryError `corrupt-run-store` */
export function readCollectedTasks(file: string): CollectedTasks | null {
  if (!existsSync(file)) return null;
  try {
    const collected = JSON.parse(readFileSync(file, 'utf8')) as CollectedTasks;
    if (Array.isArray(collected.tasks)) return collected;
  } catch {
    // told below
  }
  throw new RecoveryError('corrupt-run-store', `${file} does not say where the tasks of the run lie`, {
    hint: 'remove this run with `eventmend runs --remove RUN`, and collect again: eventmend fleet collect',
  });
}
