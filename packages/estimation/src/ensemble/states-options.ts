import type { TargetRequest } from '@eventmend/core/engine';

export interface StatesOptions {
  /** At least so many members, 200 by default: rounded up to the same number for each donor. */
  readonly members?: number;
  /** 1 by default. */
  readonly seed?: number;
  /** The end of the log, or of what the live service has read, by default. */
  readonly target?: TargetRequest;
  /** `auto`, the default, `genesis` or the id of a snapshot. */
  readonly baseline?: string;
}
