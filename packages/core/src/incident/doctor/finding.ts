import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import type { LedgerEntry } from '../../model/records/processed-ledger.js';
import type { RecordedEventRef, RecordedOutput, RecordOrder } from '../../model/records/recorded-outputs.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import type { ConnectionFinding } from '../../sources/kafka/connection/connection-finding.js';
import type { PreviewedMapping } from '../../sources/rows/preview-rows.js';

/** What was found of one thing that an incident names. */
export interface ResourceFinding {
  /** Its key in the incident file, such as `live.outputs`. */
  readonly resource: string;
  /** `doubtful`: it can be used, and something about it should be looked at. */
  readonly state: 'usable' | 'doubtful' | 'unusable';
  /** Null where it cannot be used at all; a remark then has the error. */
  readonly content: ExaminedContent | null;
  readonly remarks: readonly Remark[];
  /** Its first rows or events. */
  readonly preview: readonly ResourceRow[];
  /** What was tried one after the other, where that is how it was examined. */
  readonly steps: readonly ConnectionFinding[];
}

type ExaminedContent =
  | { readonly kind: 'worker'; readonly name: string; readonly version: string }
  | { readonly kind: 'reference-tables'; readonly tables: number }
  | {
      readonly kind: 'log';
      readonly location: string;
      readonly partitions: number;
      readonly events: number;
      /** The log counts offsets and not events: there are so many at most. */
      readonly eventsAtMost: boolean;
    }
  | { readonly kind: 'cluster'; readonly brokers: readonly string[] }
  /** `keys` of all snapshots together; `location` of the first, null where there is none. */
  | { readonly kind: 'snapshots'; readonly snapshots: number; readonly keys: number; readonly location: string | null }
  | {
      readonly kind: 'recorded-outputs' | 'processed-events';
      readonly records: number;
      readonly location: string;
      readonly order: RecordOrder;
    }
  | { readonly kind: 'unmapped-rows' }
  /** Events that have a place in the order, those handled behind a later one, and those handled again. */
  | {
      readonly kind: 'order';
      readonly from: RecordsName;
      readonly placed: number;
      readonly late: number;
      readonly repeated: number;
    };

type RecordsName = 'outputs' | 'ledger';

/** Something that is wrong or missing, and where it is mended. */
export type Remark = RemarkContent & {
  /** A problem makes the resource unusable, a doubt does not. */
  readonly severity: 'doubt' | 'problem';
  /** The key of the incident file to look at. */
  readonly key: string;
};

type RemarkContent =
  | { readonly kind: 'error'; readonly error: RecoveryError }
  | { readonly kind: 'connection'; readonly step: ConnectionFinding }
  | { readonly kind: 'no-such-topic'; readonly topic: string }
  | { readonly kind: 'no-events' }
  | { readonly kind: 'no-rows' }
  /** Values are texts that hold JSON: all that is compared with them differs. */
  | { readonly kind: 'json-as-text' }
  /** `reason` is of the source, for people. */
  | { readonly kind: 'damaged-snapshot'; readonly location: string; readonly reason: string }
  /** Snapshots by their ids: without a position, in a partition that no log has, and past the end of the log. */
  | { readonly kind: 'no-position'; readonly snapshot: string }
  | {
      readonly kind: 'no-such-partition';
      readonly snapshot: string;
      readonly topic: string;
      readonly partition: number;
    }
  | {
      readonly kind: 'beyond-log';
      readonly snapshot: string;
      readonly topic: string;
      readonly partition: number;
      readonly next: number;
      readonly end: number;
    }
  | {
      readonly kind: 'names-not-in-log';
      readonly of: 'key' | 'event-id';
      /** Of so many names, and the first of those that are missing. */
      readonly names: number;
      readonly missing: number;
      readonly first: readonly string[];
      /** So many events were looked at; `wholeLog`: that is all of them. */
      readonly events: number;
      readonly wholeLog: boolean;
    }
  /** `objection` says why the records do not have the order that was stated for them, for people. */
  | { readonly kind: 'order-refuted'; readonly objection: string }
  | { readonly kind: 'rows-without-event'; readonly rows: number; readonly records: number }
  | {
      readonly kind: 'rows-of-unknown-partition' | 'rows-outside-log';
      readonly rows: number;
      readonly records: number;
      readonly first: RecordedEventRef;
    }
  | { readonly kind: 'sent-again'; readonly outputs: number }
  /** Outputs with the id of an earlier one and another content; `seq` of the first of these and of the earlier one. */
  | {
      readonly kind: 'id-reused';
      readonly outputs: number;
      readonly id: string;
      readonly seq: number;
      readonly earlier: number;
    }
  | { readonly kind: 'nothing-placed'; readonly from: RecordsName }
  | { readonly kind: 'records-without-place' | 'records-with-equal-times'; readonly records: number };

/** One of the first rows or events of a resource, with what it becomes. */
export type ResourceRow =
  | {
      readonly kind: 'event';
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
      readonly key: string | null;
      /** In milliseconds since 1970; null where the event has none. */
      readonly time: number | null;
      readonly value: unknown;
      /** Why the value cannot be read; null where it can. */
      readonly undecodable: string | null;
    }
  /** A row of a file that holds keys and states as they are. */
  | ({ readonly kind: 'snapshot-row'; readonly number: number } & SnapshotRow)
  | ({ readonly kind: 'state' } & PreviewedMapping<SnapshotRow>)
  | ({ readonly kind: 'output' } & PreviewedMapping<RecordedOutput>)
  | ({ readonly kind: 'handling' } & PreviewedMapping<LedgerEntry>);

export function finding(
  resource: string,
  content: ResourceFinding['content'],
  remarks: readonly Remark[] = [],
  preview: readonly ResourceRow[] = [],
  steps: readonly ConnectionFinding[] = [],
): ResourceFinding {
  const state = hasProblem(remarks) ? 'unusable' : remarks.length > 0 ? 'doubtful' : 'usable';
  return { resource, state, content, remarks, preview, steps };
}

export function hasProblem(remarks: readonly Remark[]): boolean {
  return remarks.some(({ severity }) => severity === 'problem');
}

/** An error on purpose is a finding; any other is a bug, and stays one. */
export async function findingOrError(
  resource: string,
  examine: () => Promise<ResourceFinding>,
): Promise<ResourceFinding> {
  try {
    return await examine();
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return finding(resource, null, [{ severity: 'problem', key: resource, kind: 'error', error }]);
  }
}
