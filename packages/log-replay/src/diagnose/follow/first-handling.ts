import type { RecordedOutput } from '@eventmend/core';
import type { CalledWorker } from './call-worker.js';
import type { WalkedEvent } from './walk-log.js';

/** One first handling of an event, before it is judged. */
export interface FirstHandling {
  readonly walked: WalkedEvent;
  /** What the right replay sends for it. */
  readonly intended: CalledWorker['outputs'];
  /** What the worker makes of it from the states that the service had. */
  readonly live: CalledWorker;
  /** Null where outputs were not recorded. */
  readonly records: readonly RecordedOutput[] | null;
  /** The first of its partition: what was recorded may begin in the middle of it. */
  readonly isFirst: boolean;
  /** Events without records that it may show to have been handled before it: their outputs were lost then. */
  readonly lost: readonly WalkedEvent[];
}
