import {
  replayBasis,
  specBetween,
  positionToJson,
  type PlanScope,
  type RecordedDescription,
  examineSnapshots,
  prepareWithLog,
  type PreparedInputs,
  type RecoveryInputs,
  beginningOf,
  endOf,
  requireClosureAccepted,
  resolveScope,
} from '@eventmend/core/engine';
import {
  RecoveryError,
  type LongWork,
  type Position,
  type ProcessedLedger,
  type RecordedOutputs,
} from '@eventmend/core';
import type { DiagnoseOptions } from './diagnose-options.js';
import { requireStart, type DiagnosisStart } from './choose-start.js';
import type { RecordsDiagnosis, RecordsDiagnosisSpec } from './diagnose-records.js';
import type { Diagnosis } from './diagnosis.js';
import type { Fault } from './fault.js';
import { diagnosisFiles, openFaultFiles, writeDiagnosis, type DiagnosisFiles } from './fault-files.js';
import { holesBehind } from './holes-behind.js';
import { runCounted } from './counted/run-counted.js';
import { joinCountedFaults, joinStateFaults, readAccusedKeys } from './join-state-faults.js';
import { explainStates } from './from-states/explain-states.js';
import type { StateExplanations } from './from-states/state-explanations.js';
import { measureOrderSensitivity } from './order-sensitivity/measure-order-sensitivity.js';
import { livePosition, requireReadableLiveState } from './placed-live.js';
import { readHandlings } from './records/read-handlings.js';
import { runRecordsDiagnosis } from './run-records-diagnosis.js';
import { surveyRecords } from './records/survey-records.js';
import { isWalkedApart, judgedOrder, reachesBack } from './service-order.js';
import { buildRecordsDiagnosis, buildStatesDiagnosis } from './build-diagnosis.js';

/** Does what `diagnose` says. */
export async function diagnoseIncident(
  situation: RecoveryInputs,
  options: DiagnoseOptions,
  work: LongWork,
): Promise<Diagnosis> {
  const prepared = await prepareWithLog(situation);
  try {
    return await diagnosePrepared(prepared, options, work);
  } finally {
    prepared.close();
  }
}

async function diagnosePrepared(
  prepared: PreparedInputs,
  options: DiagnoseOptions,
  work: LongWork,
): Promise<Diagnosis> {
  const { orderSensitivity = false, seed = 1 } = options;
  const { situation, survey } = prepared;
  await requireReadableLiveState(situation);
  const files = diagnosisFiles(situation.store);
  const named = { outputs: situation.recordedOutputs ?? null, ledger: situation.ledger ?? null };
  const all = await Promise.all([named.outputs?.describe() ?? null, named.ledger?.describe() ?? null]);
  // Records in no order are not followed; the others are, as if they stood alone.
  const described = all.map((one) => (one?.order === 'unknown' ? null : one));
  const [ofOutputs = null, ofLedger = null] = described;
  const outputs = ofOutputs === null ? null : named.outputs;
  const ledger = ofLedger === null ? null : named.ledger;
  const examination = await examineSnapshots(prepared, 'prove', work);
  const whole = specBetween(prepared, beginningOf(survey), endOf(survey), 'genesis');
  const records = await surveyRecords(whole.partitions, readHandlings(outputs, ledger));
  const noted = await surveyRecords(whole.partitions, readHandlings(null, ledger));
  const start = requireStart(prepared, examination, records);
  const scope = await scopeOf(prepared, options, start, work);
  const outputsDigest = all[0]?.digest ?? null;
  const basis = basisOf(prepared, start, scope, all);
  const context = { prepared, examination, start, scope, outputsDigest, basis };
  const inOrder = all.every((one) => one === null || one.order !== 'unknown');
  const placed = await livePosition(prepared);
  const live = 'kind' in placed ? null : placed;
  const readUpTo = live === null ? null : live.position.map(({ next }) => next);
  const basisOfStart = start.snapshot === null ? 'genesis' : 'declared';
  const spec = specBetween(prepared, start.position, endOf(survey), basisOfStart);
  const unordered = all.map((one) => (one?.order === 'unknown' ? one : null));
  const isUnordered = unordered.some((one) => one !== null);
  const [unorderedOutputs = null, unorderedLedger = null] = unordered;
  const counted = !isUnordered
    ? null
    : await runCounted(
        prepared,
        { spec, readUpTo, scope: scope?.keys ?? null },
        {
          outputs: unorderedOutputs === null ? null : named.outputs,
          ledger: unorderedLedger === null ? null : named.ledger,
        },
        work,
      );

  if (records.empty) {
    const from =
      start.snapshot === null ? null : { id: start.snapshot.candidate.description.id, position: start.position };
    const states = withinScope(await explainStates({ prepared, start: from }, work), scope);
    const order = await measureOrderSensitivity({ prepared, start: from, options: { seed } }, work);
    const diagnosis = buildStatesDiagnosis(
      context,
      { ...states, faults: joinedFaults(counted ?? [], states.faults) },
      order,
      { locations: unordered.flatMap((one) => (one === null ? [] : [one.location])), inOrder },
    );
    const sink = openFaultFiles(files);
    for (const fault of joinedFaults(counted ?? [], states.faults)) sink.fault(fault);
    for (const one of states.undetermined) sink.undetermined(one);
    sink.keep();
    writeDiagnosis(files, diagnosis);
    return diagnosis;
  }
  const what: RecordsDiagnosisSpec = {
    spec,
    start:
      start.snapshot === null
        ? null
        : {
            id: start.snapshot.candidate.description.id,
            stateVersion: start.snapshot.candidate.description.stateVersion,
          },
    recordsBy: records.recordsBy,
    orderJudged: judgedOrder(prepared, described),
    apart: isWalkedApart(prepared, described, records),
    notedFrom: noted.witnessedFrom,
    sequenceKnown:
      (ofLedger ?? ofOutputs)?.order === 'handling' &&
      (ofOutputs === null || ofOutputs.order === 'handling' || reachesBack(noted, start)),
    holes: holesBehind(prepared, start),
    partitionLocal: prepared.facts.locality === 'partition' || prepared.survey.partitions.length === 1,
    witnessedFrom: records.witnessedFrom,
    outputsFrom: ofOutputs?.from ?? null,
    readUpTo,
    liveStateVersion: live === null ? null : live.stateVersion,
    forced: [],
    scope,
    deploys: situation.deploys ?? [],
    seed,
  };
  const told = await runRecordsDiagnosis(
    prepared,
    { what, live: live?.id ?? null, files, reads: { outputs: outputs !== null, ledger: ledger !== null } },
    work,
  );
  if (told.interrupted) {
    throw new RecoveryError('interrupted', 'stopped before the diagnosis was complete', {
      hint: 'run the same command again',
    });
  }
  const from = what.start === null ? null : { id: what.start.id, position: start.position };
  const followed = joinCountedFaults(told, counted ?? [], files);
  const joined = await joinStates(followed, { prepared, start: from, files, scope, outputs, ledger }, work);
  const order = orderSensitivity
    ? await measureOrderSensitivity({ prepared, start: from, options: { seed } }, work)
    : null;
  const locations = [ofOutputs ?? unorderedOutputs, ofLedger ?? unorderedLedger].flatMap((one) =>
    one === null ? [] : [one.location],
  );
  const diagnosis = buildRecordsDiagnosis(context, joined, order, {
    locations,
    witnessed: ofOutputs?.from ?? null,
    liveUnplaced: 'kind' in placed ? placed : null,
  });
  writeDiagnosis(files, diagnosis);
  return diagnosis;
}

/**
 * What the records leave open of states that are wrong is looked for in the states themselves: more evidence never tells
 * less.
 */
async function joinStates(
  told: RecordsDiagnosis,
  { prepared, start, files, scope, outputs, ledger }: StatesBesideRecords,
  work: LongWork,
): Promise<RecordsDiagnosis> {
  const { live } = told;
  if (live === null || live.wrong - live.reproduced + live.unexplained + live.notKnown <= 0) return told;
  const accused = readAccusedKeys(files);
  const states = withinScope(await explainStates({ prepared, start, accused }, work), scope);
  return states.faults.length === 0 ? told : joinStateFaults(told, states.faults, files, { outputs, ledger });
}

interface StatesBesideRecords {
  readonly prepared: PreparedInputs;
  readonly start: { readonly id: string; readonly position: Position } | null;
  readonly files: DiagnosisFiles;
  readonly scope: PlanScope | null;
  readonly outputs: RecordedOutputs | null;
  readonly ledger: ProcessedLedger | null;
}

/**
 * Faults that records prove in whatever order they stand, and those that states show of keys of which nothing is proven: what
 * states show of the others was found without what is known of them.
 */
function joinedFaults(counted: readonly Fault[], fromStates: readonly Fault[]): readonly Fault[] {
  const accused = new Set(counted.flatMap(({ keys }) => keys));
  return [...counted, ...fromStates.filter(({ keys }) => !keys.some((key) => accused.has(key)))];
}

/** @throws RecoveryError `closure-not-accepted` for a scope that events widen, unless that is accepted */
async function scopeOf(
  prepared: PreparedInputs,
  { scope: request, acceptClosure = false }: DiagnoseOptions,
  { position, snapshot }: DiagnosisStart,
  work: LongWork,
): Promise<PlanScope | null> {
  if (request === undefined) return null;
  const baseline = snapshot?.candidate.description.id ?? null;
  const scope = await resolveScope(prepared, request, { from: position, to: endOf(prepared.survey), baseline }, work);
  requireClosureAccepted(scope, acceptClosure);
  return scope;
}

/** What states tell of all keys, as far as the scope asks for it. */
function withinScope(states: StateExplanations, scope: PlanScope | null): StateExplanations {
  if (scope === null) return states;
  const keys = new Set(scope.keys);
  return {
    ...states,
    faults: states.faults.filter((fault) => fault.keys.some((key) => keys.has(key))),
    undetermined: states.undetermined.filter(({ key }) => key === null || keys.has(key)),
    differing: states.differing.filter(({ key }) => keys.has(key)),
  };
}

function basisOf(
  prepared: PreparedInputs,
  start: DiagnosisStart,
  scope: PlanScope | null,
  described: readonly (RecordedDescription | null)[],
): string {
  return replayBasis(prepared, {
    form: 1,
    records: described.map((one) => (one === null ? null : { digest: one.digest, order: one.order, from: one.from })),
    scope: scope?.keys ?? null,
    start: { id: start.snapshot?.candidate.description.digest ?? null, position: positionToJson(start.position) },
  });
}
