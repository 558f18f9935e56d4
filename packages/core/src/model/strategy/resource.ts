import type { ErrorSummary } from '../errors/error-summary.js';
import type { Offset } from '../event/offset.js';
import type { LogDamage } from '../log/log-damage.js';
import type { SnapshotFinding } from '../plan/plan.js';
import type { RecordOrder } from '../records/recorded-outputs.js';

/** Anything that survived the incident, as `assess` lists it. */
export type Resource = {
  readonly state: 'found' | 'partial' | 'missing' | 'damaged';
  /** What it covers, in milliseconds since 1970; null where that is not known. */
  readonly from: number | null;
  readonly to: number | null;
} & ResourceContent;

type ResourceContent =
  | {
      readonly kind: 'log';
      readonly as: 'log' | 'archive';
      /** As the log names itself: `archive`, `kafka`, `ndjson` or `memory`. */
      readonly format: string;
      readonly location: string;
      readonly partitions: number;
      readonly events: number;
      /** The log counts offsets and not events: there are so many at most. */
      readonly eventsAtMost: boolean;
      readonly gaps: readonly ResourceGap[];
      /** What cannot be read; absent where everything can, as far as is known without reading. */
      readonly damage?: LogDamage;
    }
  /** A log that could not be opened. */
  | {
      readonly kind: 'unopened-log';
      readonly as: 'kafka' | 'archive' | 'files';
      readonly locations: readonly string[];
      readonly error: ErrorSummary;
    }
  | {
      readonly kind: 'snapshots';
      readonly snapshots: number;
      readonly findings: Readonly<Partial<Record<SnapshotFinding['finding'], number>>>;
      readonly damaged: number;
    }
  | { readonly kind: 'live-state'; readonly keys: number; readonly hasPosition: boolean }
  /** `reason` is of the source, for people; null where the state is not there. */
  | { readonly kind: 'unreadable-live-state'; readonly reason: string | null }
  | {
      readonly kind: RecordKind;
      readonly location: string;
      readonly order: RecordOrder;
      /** Why the records do not have the order that was stated for them, for people; null where they have it. */
      readonly objection: string | null;
    }
  | { readonly kind: 'unreadable-records'; readonly of: RecordKind; readonly error: ErrorSummary };

type RecordKind = 'recorded-outputs' | 'processed-events';

/** Offsets of one partition that a log does not hold. */
interface ResourceGap {
  readonly topic: string;
  readonly partition: number;
  /** Before the first offset that the log holds, or behind it. */
  readonly at: 'front' | 'inside';
  readonly offsets: number;
  /** The first offset that is held again for `front`, the first that is missing for `inside`. */
  readonly offset: Offset;
}
