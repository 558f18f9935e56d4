import type { Undetermined, Fault } from './fault.js';
import {
  type PlanScope,
  type ReplayRoot,
  type Examination,
  type PreparedInputs,
  faultKinds,
  type FaultKind,
} from '@eventmend/core/engine';
import type { DiagnosisStart } from './choose-start.js';
import type { RecordsDiagnosis } from './diagnose-records.js';
import type { Diagnosis, EstimatedMoment } from './diagnosis.js';
import type { MissingEvidence } from './missing-evidence.js';
import type { StateExplanations } from './from-states/state-explanations.js';
import type { OrderSensitivity } from './order-sensitivity/order-sensitivity.js';

/** What every diagnosis rests on. */
export interface DiagnosisContext {
  readonly prepared: PreparedInputs;
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
    format_version: 2 as const,
    incident: { name: situation.incident.name, digest: situation.incident.digest },
    worker: { name, version, hash: facts.hash },
    basis,
    outputsDigest,
    scope: scope === null ? null : { keys: scope.keys.length, of: scope.keysInAll },
    start: rootOf(start),
    workerCheck: examination.workerCheck,
  };
}

/** Only a snapshot that is proven or declared trusted is begun with. */
function rootOf({ snapshot }: DiagnosisStart): ReplayRoot {
  if (snapshot === null) return { snapshot: null, basis: 'genesis' };
  const { candidate, finding } = snapshot;
  return { snapshot: candidate.description.id, basis: finding.finding === 'proven' ? 'proven' : 'declared' };
}

/** The diagnosis of a service that was followed through its records. */
export function buildRecordsDiagnosis(
  context: DiagnosisContext,
  told: RecordsDiagnosis,
  order: OrderSensitivity | null,
  records: {
    readonly locations: readonly string[];
    readonly witnessed: number | null;
    readonly liveUnplaced: MissingEvidence | null;
  },
): Diagnosis {
  const { tally, counts, undetermined, first, last, examples, firstUndetermined, patterns, live } = told;
  const { unwitnessed, silent, unknownEvents, firstUnknownEvent, behindLiveState } = tally;
  const missing = textsOf(firstUndetermined);
  if (unwitnessed > 0) missing.push({ kind: 'earlier-records', events: unwitnessed });
  if (silent > 0) missing.push({ kind: 'ledger' });
  if (unknownEvents > 0) missing.push({ kind: 'events-of-records', records: unknownEvents, first: firstUnknownEvent });
  if (behindLiveState > 0) missing.push({ kind: 'later-live-state', records: behindLiveState });
  if (records.liveUnplaced !== null) missing.push(records.liveUnplaced);
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
    missing,
  };
}

/** What open questions lack, each once. */
function textsOf(undetermined: readonly Undetermined[]): MissingEvidence[] {
  return [...new Set(undetermined.map((one) => one.missing))].map((text) => ({ kind: 'text', text }));
}

function onsetOf({ time, event }: Fault, unwitnessed: number): EstimatedMoment | null {
  return time === null ? null : { time, evidence: { kind: 'first-fault', event, unwitnessed } };
}

function endOf({ time, event }: Fault, handlings: number | null): EstimatedMoment | null {
  return time === null ? null : { time, evidence: { kind: 'last-fault', event, handlings } };
}

/**
 * The diagnosis where only states were left, or records that do not tell the order.
 * @param records a ledger in no order, which was counted; none where there is none
 */
export function buildStatesDiagnosis(
  context: DiagnosisContext,
  states: StateExplanations,
  order: OrderSensitivity,
  records: { readonly locations: readonly string[]; readonly inOrder: boolean },
): Diagnosis {
  const { locations, inOrder } = records;
  const missing: readonly MissingEvidence[] = inOrder ? [] : [{ kind: 'records-in-handling-order' }];
  const { faults, undetermined } = states;
  const counts = Object.fromEntries(
    faultKinds.map((kind) => [kind, faults.filter((fault) => fault.kind === kind).length]),
  ) as Record<FaultKind, number>;
  const timed = faults.filter(({ time }) => time !== null).sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
  const [first] = timed;
  const last = timed.at(-1);
  return {
    ...commonOf(context),
    evidence: states.notCompared === null ? 'states' : locations.length > 0 ? 'records' : 'none',
    records: locations,
    tally: null,
    counts,
    undetermined: undetermined.length,
    first: first ?? null,
    last: last ?? null,
    onset: first === undefined ? null : onsetOf(first, 0),
    end: last === undefined ? null : endOf(last, null),
    examples: faults.slice(0, 200),
    firstUndetermined: undetermined.slice(0, 200),
    patterns: [],
    live: null,
    states,
    order,
    missing: [
      ...missing,
      ...(states.notCompared === null ? [] : [states.notCompared]),
      ...(states.leftOut === undefined ? [] : [{ kind: 'gaps' as const, gaps: states.leftOut }]),
      ...textsOf(undetermined),
    ],
  };
}
