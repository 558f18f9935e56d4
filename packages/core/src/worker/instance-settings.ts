import type { ReferenceTables } from './reference-data.js';
import type { Worker } from './worker.js';

/** What all calls of one instance share. */
export interface InstanceSettings {
  readonly worker: Worker;
  readonly lookups: ReferenceTables;
  readonly replaying: boolean;
  readonly initial: ((key: string) => unknown) | undefined;
  readonly encode: ((state: unknown) => unknown) | undefined;
  readonly decode: ((json: unknown) => unknown) | undefined;
  freezing: boolean;
  /** Look for writes that frozen inputs swallowed: some of the code may not run in strict mode. */
  readonly watchingWrites: boolean;
  /** How many objects the plain-JSON check has seen; decides which get the close look. */
  valuesChecked: number;
}
