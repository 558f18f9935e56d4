import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import type { Agreement, ClockShift } from '../../evidence/matching/agreement.js';
import type { ExternalRecord } from '../../model/records/external-record.js';
import type { DamagedRecord } from '../../model/log/log-damage.js';
import type { PlanFacts } from '../../model/plan/plan-records.js';
import type { PlacementProblem } from '../../model/position/placement-problem.js';
import type { LedgerEntry } from '../../model/records/processed-ledger.js';
import type { RecordedEventRef, RecordedOutput, RecordOrder } from '../../model/records/recorded-outputs.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import type { ConnectionFinding } from '../../sources/kafka/connection/connection-finding.js';
import type { TimeRemark } from './judge-times.js';
import type { PreviewedMapping } from '../../sources/rows/preview-rows.js';
import type { UnhashedCode } from '../../worker/find-unhashed-code.js';

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

type ExaminedContent = Readonly<
  | { kind: 'worker'; name: string; version: string }
  | { kind: 'reference-tables'; tables: number }
  /** `eventsAtMost`: the log counts offsets and not events. */
  | { kind: 'log'; location: string; partitions: number; events: number; eventsAtMost: boolean }
  /** The incident names none. */
  | { kind: 'no-log' }
  | { kind: 'cluster'; brokers: readonly string[] }
  /** `keys` of all snapshots together; `location` of the first, null where there is none. */
  | { kind: 'snapshots'; snapshots: number; keys: number; location: string | null }
  | { kind: 'recorded-outputs' | 'processed-events'; records: number; location: string; order: RecordOrder }
  /** `agreement` is null where there are no events to compare with. */
  | { kind: 'external-records'; location: string; agreement: Agreement | null }
  /** What it says of states; `compared` with a replay of the log, null where there was none. */
  | { kind: 'facts'; location: string; facts: number; keys: number; compared: PlanFacts | null }
  | { kind: 'totals'; location: string; totals: number; measure: string }
  /** Records of a delivery topic, and how many of them name the event that they deliver. */
  | { kind: 'deliveries'; topic: string; records: number; named: number }
  | { kind: 'unmapped-rows' }
  /** Events that have a place in the order, handlings behind a later one, and handlings of an event once more. */
  | { kind: 'order'; from: 'outputs' | 'ledger'; placed: number; late: number; repeated: number }
>;

/** Something that is wrong or missing, and where it is mended. A problem makes the resource unusable, a doubt does not. */
export type Remark = Readonly<{
  severity: 'doubt' | 'problem';
  /** The key of the incident file to look at. */
  key: string;
}> &
  RemarkContent;

type RemarkContent = Readonly<
  | { kind: 'error'; error: RecoveryError }
  /** What a change of which makes no plan stale. */
  | { kind: 'unhashed-code'; code: UnhashedCode }
  | { kind: 'connection'; step: ConnectionFinding }
  | { kind: 'no-such-topic'; topic: string }
  /** Among the first events of a log, `looked` of them; `mapped`: the unit is the one that the mapping names. */
  | { kind: 'odd-times'; times: TimeRemark; looked: number; mapped: boolean }
  /** An explicit order; `offset` of the first event that it cannot order, null where events contradict each other. */
  | { kind: 'unusable-order-field'; path: string; at: RecordedEventRef | null; reason: string }
  /** Records of a log that cannot be read, of which the first are named; `parked`: their offsets are quarantined. */
  | { kind: 'damaged-records'; records: number; parked: boolean }
  | { kind: 'damaged-record'; record: DamagedRecord }
  | { kind: 'more-damaged-records'; records: number }
  /**
   * `json-as-text`: values are texts that hold JSON, so that they differ from all that they are compared with;
   * `no-write-ahead-log`: a database is written through one, and it does not stand beside it.
   */
  | { kind: 'no-log' | 'no-events' | 'no-rows' | 'no-snapshots' | 'json-as-text' | 'no-write-ahead-log' }
  /** `reason` is of the source, and `objection`, which says why records do not have the order stated for them, too. */
  | { kind: 'damaged-snapshot'; location: string; reason: string }
  | { kind: 'order-refuted'; objection: string }
  | ({ snapshot: string } & Extract<
      PlacementProblem,
      { kind: 'no-position' | 'partition-not-in-log' | 'behind-log-end' }
    >)
  /** The `first` of the names that are missing among `events`; `wholeLog`: the log has no more. */
  | {
      kind: 'names-not-in-log';
      of: 'key' | 'event_id';
      names: number;
      missing: number;
      first: readonly string[];
      events: number;
      wholeLog: boolean;
    }
  | { kind: 'rows-without-event'; rows: number; records: number }
  | { kind: 'rows-of-unknown-partition' | 'rows-outside-log'; rows: number; records: number; first: RecordedEventRef }
  /**
   * Of so many `records` of a delivery topic these name no event, one of another topic than is declared, or one that no log
   * holds; `first` is the delivery where no event is named, else that event.
   */
  | {
      kind: 'deliveries-of-unknown' | 'deliveries-of-other-topic' | 'originals-not-held';
      deliveries: number;
      records: number;
      first: RecordedEventRef;
    }
  | { kind: 'sent-again'; outputs: number }
  /** Outputs with the id of an earlier one and another content; the places of the first of these and of the earlier one. */
  | { kind: 'id-reused'; outputs: number; id: string; seq: number; earlier: number }
  | { kind: 'odd-record-times'; times: TimeRemark; looked: number }
  | { kind: 'nothing-to-compare-with' | 'no-such-events' | 'no-common-time' }
  | { kind: 'only-other-types'; records: number }
  | { kind: 'nothing-matched'; known: number }
  /** Of `events` that records may stand for, `without` have nothing at a path of the match. */
  | { kind: 'path-not-in-events'; path: string; without: number; events: number }
  /** With `factor` the amounts of the events are those of the records; told by so many pairs. */
  | { kind: 'amounts-in-other-unit'; factor: string; pairs: number; declared: string }
  | { kind: 'clock-shifted'; shifts: readonly ClockShift[] }
  | { kind: 'rows-contradicting'; rows: number }
  | { kind: 'reversals-of-nothing'; rows: number; reversals: number }
  | { kind: 'events-not-decodable'; events: number }
  | { kind: 'nothing-placed'; from: 'outputs' | 'ledger' }
  | { kind: 'records-without-place' | 'records-with-equal-times'; records: number }
>;

/** One of the first rows or events of a resource, with what it becomes. */
export type ResourceRow = Readonly<
  /** `time` in milliseconds since 1970, null where there is none; `undecodable`: why the value cannot be read. */
  | (RecordedEventRef & {
      kind: 'event';
      key: string | null;
      time: number | null;
      value: unknown;
      undecodable: string | null;
    })
  /** A row of a file that holds keys and states as they are. */
  | ({ kind: 'snapshot-row'; number: number } & SnapshotRow)
  | ({ kind: 'state' } & PreviewedMapping<SnapshotRow>)
  | ({ kind: 'output' } & PreviewedMapping<RecordedOutput>)
  | ({ kind: 'handling' } & PreviewedMapping<LedgerEntry>)
  | ({ kind: 'record' } & PreviewedMapping<ExternalRecord>)
>;

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
