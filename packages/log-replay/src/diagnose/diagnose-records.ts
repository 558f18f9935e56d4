import {
  baselineRows,
  OutputValues,
  type ForcedQuarantine,
  type PlanScope,
  type ReplayInputs,
  type ReplaySpec,
  type RunControl,
  type RecoveryInputs,
  rowsOfScope,
  type FaultKind,
} from '@eventmend/core/engine';
import type { ProcessedLedger, RecordedOutputs, SnapshotRow } from '@eventmend/core';
import { explainEnd, type ExplainedState } from './follow/compare-with-end.js';
import type { FaultPattern } from './diagnosis.js';
import type { Fault, Undetermined } from './fault.js';
import { FaultLog, type FaultSink } from './fault-log.js';
import type { FollowTally, JudgedOrder } from './follow/follow-request.js';
import { ServiceFollower } from './follow/follow-service.js';
import { undeterminedOf } from './follow/undecided.js';
import type { WalkedEvent } from './follow/walk-log.js';
import { createPatternFinder } from './patterns/pattern-finder.js';
import { PlaceIndex } from './records/place-index.js';
import { comparableRecords } from './records/comparable-records.js';
import { readHandlings, type LedgerBegin } from './records/read-handlings.js';

/** Plain data that says what to diagnose; what has to be opened comes beside it. */
export interface RecordsDiagnosisSpec {
  readonly spec: ReplaySpec;
  readonly start: { readonly id: string; readonly stateVersion: number } | null;
  readonly recordsBy: 'offset' | 'id';
  readonly orderJudged: JudgedOrder;
  readonly apart: boolean;
  readonly notedFrom: readonly (number | null)[];
  readonly sequenceKnown: boolean;
  readonly holes: readonly (readonly number[])[];
  readonly partitionLocal: boolean;
  readonly witnessedFrom: readonly (number | null)[];
  readonly outputsFrom: number | null;
  readonly readUpTo: readonly number[] | null;
  readonly liveStateVersion: number | null;
  /** Events that are in quarantine because the worker did not come back from them. */
  readonly forced: readonly ForcedQuarantine[];
  /** Null for all keys. */
  readonly scope: PlanScope | null;
  readonly deploys: NonNullable<RecoveryInputs['deploys']>;
  /** Draws the sample of events that patterns are held against. */
  readonly seed: number;
}

export interface RecordsDiagnosisInputs {
  readonly inputs: ReplayInputs;
  readonly outputs: RecordedOutputs | null;
  readonly ledger: ProcessedLedger | null;
  readonly startRows: AsyncIterable<SnapshotRow> | null;
  /** Rows of the live state, where it stands at `readUpTo`. */
  readonly liveRows: (() => AsyncIterable<SnapshotRow>) | null;
}

/** What came of it, as plain data. */
export interface RecordsDiagnosis {
  readonly tally: Readonly<FollowTally>;
  readonly interrupted: boolean;
  readonly counts: Readonly<Record<FaultKind, number>>;
  readonly undetermined: number;
  readonly first: Fault | null;
  readonly last: Fault | null;
  readonly examples: readonly Fault[];
  readonly firstUndetermined: readonly Undetermined[];
  readonly live: ExplainedState | null;
  readonly patterns: readonly FaultPattern[];
}

/** Where the ledger begins to speak of a partition. */
function ledgerBeginOf({ spec, notedFrom }: Pick<RecordsDiagnosisSpec, 'spec' | 'notedFrom'>): LedgerBegin {
  const places = new PlaceIndex(spec.partitions.map(({ id }) => id));
  return (partition) => {
    const place = places.of(partition);
    return place === undefined ? 0 : (notedFrom[place] ?? null);
  };
}

/** Follows the service through its records, and holds what was found against its state at the end. */
export async function diagnoseRecords(
  what: RecordsDiagnosisSpec,
  opened: RecordsDiagnosisInputs,
  sink: FaultSink,
  control: RunControl,
): Promise<RecordsDiagnosis> {
  const { inputs, ledger, startRows, liveRows } = opened;
  const values = new OutputValues(inputs.instance.worker.outputs);
  const outputs = opened.outputs === null ? null : comparableRecords(opened.outputs, values);
  const log = new FaultLog(sink);
  const scope = what.scope === null ? null : new Set(what.scope.keys);
  const finder = createPatternFinder({ seed: what.seed, deploys: what.deploys });
  const timeOf = ({ now }: WalkedEvent): number | null => (Number.isFinite(now) ? now : null);
  const follower = new ServiceFollower({
    spec: what.spec,
    inputs,
    handlings: readHandlings(outputs, ledger, ledgerBeginOf(what)),
    notedFrom: what.notedFrom,
    hasLedger: ledger !== null,
    hasOutputs: outputs !== null,
    sequenceKnown: what.sequenceKnown,
    holes: what.holes,
    partitionLocal: what.partitionLocal,
    // In front of a snapshot of the very beginning lies nothing.
    beginsLate: what.start !== null && what.spec.partitions.some(({ next }) => next > 0),
    recordsBy: what.recordsBy,
    orderJudged: what.orderJudged,
    apart: what.apart,
    witnessedFrom: what.witnessedFrom,
    outputsFrom: what.outputsFrom,
    readUpTo: what.readUpTo,
    live: liveRows === null ? null : { stateVersion: what.liveStateVersion ?? 1, rows: liveRows },
    forced: what.forced,
    scope,
    log,
    onEvent: (walked) => {
      finder.see(walked.event, timeOf(walked));
    },
    onFault: (kind, walked) => {
      finder.fault(kind, walked.event, timeOf(walked));
    },
    control,
  });
  if (what.start !== null && startRows !== null) {
    for await (const row of baselineRows(startRows, inputs.instance.worker, what.start.stateVersion, 0)) {
      if (scope?.has(row.key) !== false) follower.begin(row.key, JSON.parse(row.text));
    }
  }
  const followed = await follower.follow();
  const { unclear, tally, interrupted } = followed;
  for (const open of unclear) log.undetermined(undeterminedOf(open));
  const live =
    liveRows === null || interrupted
      ? null
      : await explainEnd(
          followed,
          rowsOfScope(liveRows(), what.scope ?? undefined),
          what.liveStateVersion ?? 1,
          inputs.instance,
          (one) => {
            log.undetermined(one);
          },
        );
  return {
    tally,
    interrupted,
    counts: log.counts,
    undetermined: log.undeterminedCount,
    first: log.first,
    last: log.last,
    examples: log.examples,
    firstUndetermined: log.firstUndetermined,
    live,
    patterns: finder.patterns(),
  };
}
