import type { ScopeRequest } from '@eventmend/core/engine';

export interface DiagnoseOptions {
  /** Limits the diagnosis to some keys and all that events connect with them; everything where absent. */
  readonly scope?: ScopeRequest;
  /** The user accepts that events draw further keys into the scope. */
  readonly acceptClosure?: boolean;
  /** Measures how far the order of the partitions matters, also where records tell what really happened. */
  readonly orderSensitivity?: boolean;
  /** Seed of all that is sampled; 1 by default. */
  readonly seed?: number;
}
