import type { Offset } from '../event/offset.js';

/** So many damaged records are described one by one at most; all of them are counted. */
export const describedDamage = 1_000;

/**
 * Why a record cannot be read: the line or row is not readable, two records of one offset contradict each other, the
 * record is above the limits, or its batch does not match its checksum.
 */
export type DamageKind = 'unreadable' | 'contradiction' | 'oversized' | 'broken-batch';

/** One record that cannot be read, or the records of one batch. */
export interface DamagedRecord {
  readonly kind: DamageKind;
  /** Where it belongs, as far as what is left of it tells; null where it does not. */
  readonly at: DamagedOffsets | null;
  /** Where it stands: `events.ndjson, line 2 (byte 57)`; two places where two records contradict each other. */
  readonly places: readonly string[];
  readonly reason: string;
}

interface DamagedOffsets {
  readonly topic: string;
  readonly partition: number;
  readonly from: Offset;
  /** Exclusive. */
  readonly to: Offset;
}

export interface LogDamage {
  /** Damaged records, those included that are not described. */
  readonly records: number;
  /** The first of them. */
  readonly described: readonly DamagedRecord[];
}
