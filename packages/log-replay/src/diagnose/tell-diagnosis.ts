import type { PlanScope } from '@eventmend/core';
import type { Examination } from '../baseline/examine-snapshots.js';
import type { PreparedSituation } from '../plan/prepare-situation.js';
import type { DiagnosisStart } from './choose-start.js';
import type { RecordsDiagnosis } from './diagnose-records.js';
import type { Diagnosis, EstimatedMoment } from './diagnosis.js';
import type { Fault } from './fault.js';
import { faultKinds, type FaultKind } from './fault-kind.js';
import { describeRef } from './records/handling.js';
import type { StateExplanations } from './from-states/state-explanations.js';
import type { OrderSensitivity } from './order-sensitivity/order-sensitivity.js';

/** What every diagnosis rests on. */
export interface DiagnosisContext {
  readonly prepared: PreparedSituation;
  readonly examination: Examination;
  readonly start: DiagnosisStart;
  readonly scope: PlanScope | null;
  readonly outputsDigest: string | null;
  readonly basis: string;
}

function commonOf({ prepared, examination, start, scope, outputsDigest, basis }: DiagnosisContext) {
  const { situation, facts } = prepared;
  const { name, version } = facts.worker;
  return {
    format_version: 1 as const,
    incident: { name: situation.incident.name, digest: situation.incident.digest },
    worker: { name, version, hash: facts.hash },
    basis,
    outputsDigest,
    scope: scope === null ? null : { keys: scope.keys.length, of: scope.keysInAll },
    start:
      start.snapshot === null
        ? 'the beginning of the log'
        : `snapshot ${start.snapshot.candidate.description.id} (${start.snapshot.finding.finding})`,
    workerCheck: examination.workerCheck,
  };
}

/** The diagnosis of a service that was followed through its records. */
export function ofRecords(
  context: DiagnosisContext,
  told: RecordsDiagnosis,
  order: OrderSensitivity | null,
  records: {
    readonly locations: readonly string[];
    readonly witnessed: number | null;
    readonly liveUnplaced: string | null;
  },
): Diagnosis {
  const { tally, counts, undetermined, first, last, examples, firstUndetermined, patterns, live } = told;
  const missing = new Set(firstUndetermined.map((one) => one.missing));
  if (tally.unwitnessed > 0) {
    missing.add(`records of the ${countOf(tally.unwitnessed)} events between the start and the first record`);
  }
  if (tally.silent > 0) missing.add('a ledger: events without outputs were taken for handled');
  if (tally.unknownEvents > 0) {
    const first = tally.firstUnknownEvent ?? 'nothing';
    missing.add(
      `the events of ${countOf(tally.unknownEvents)} records: the log does not hold them (the first: ${first})`,
    );
  }
  if (tally.behindLiveState > 0) {
    missing.add(
      `a live state from behind the last record: ${countOf(tally.behindLiveState)} records lie behind its position, and were not looked at`,
    );
  }
  if (records.liveUnplaced !== null) missing.add(records.liveUnplaced);
  return {
    ...commonOf(context),
    evidence: 'records',
    records: records.locations,
    tally,
    counts,
    undetermined,
    first,
    last,
    onset: first === null ? null : onsetOf(first, tally.unwitnessed),
    end: last === null ? null : endOf(last, tally.handlings),
    examples,
    firstUndetermined,
    patterns,
    live,
    states: null,
    order,
    missing: [...missing],
  };
}

function countOf(count: number): string {
  return count.toLocaleString('en-US');
}

function onsetOf(first: Fault, unwitnessed: number): EstimatedMoment | null {
  if (first.time === null) return null;
  const before = unwitnessed === 0 ? '' : `; ${countOf(unwitnessed)} events before the first record show nothing`;
  return { time: first.time, evidence: `the first fault is ${describeRef(first.event)}${before}` };
}

function endOf(last: Fault, handlings: number): EstimatedMoment | null {
  if (last.time === null) return null;
  const evidence = `the last fault is ${describeRef(last.event)}, of ${countOf(handlings)} recorded handlings`;
  return { time: last.time, evidence };
}

/** The diagnosis where only states were left, or records that do not tell the order. */
export function ofStates(
  context: DiagnosisContext,
  states: StateExplanations,
  order: OrderSensitivity,
  missing: readonly string[],
): Diagnosis {
  const { faults, undetermined } = states;
  const counts = Object.fromEntries(
    faultKinds.map((kind) => [kind, faults.filter((fault) => fault.kind === kind).length]),
  ) as Record<FaultKind, number>;
  const timed = faults.filter(({ time }) => time !== null).sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
  const [first] = timed;
  const last = timed.at(-1);
  return {
    ...commonOf(context),
    evidence: states.notCompared === null ? 'states' : 'none',
    records: [],
    tally: null,
    counts,
    undetermined: undetermined.length,
    first: first ?? null,
    last: last ?? null,
    onset: first === undefined ? null : onsetOf(first, 0),
    end: last?.time == null ? null : { time: last.time, evidence: `the last fault is ${describeRef(last.event)}` },
    examples: faults.slice(0, 200),
    firstUndetermined: undetermined.slice(0, 200),
    patterns: [],
    live: null,
    states,
    order,
    missing: [
      ...missing,
      ...(states.notCompared === null ? [] : [states.notCompared]),
      ...new Set(undetermined.map((one) => one.missing)),
    ],
  };
}
