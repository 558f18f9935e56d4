import type { CorrectionsAgreement } from '../truth/compare-corrections.js';
import type { FaultsAgreement } from '../truth/compare-faults.js';
import type { OutputsAgreement } from '../truth/compare-outputs.js';
import type { StateAgreement } from '../truth/compare-states.js';
import type { ShownRun } from './run-report.js';

export interface Outcome {
  readonly run: ShownRun;
  readonly states: StateAgreement;
  readonly outputs: OutputsAgreement;
  readonly faults: FaultsAgreement;
  readonly corrections: CorrectionsAgreement;
  readonly times: string;
}

/** What cannot be told of the planted faults may be one in twenty; what is told must be right. */
const mayBeUntold = 0.05;

export function agreesWithTruth({ states, outputs, faults, corrections }: Outcome): boolean {
  return (
    states.differing.length === 0 &&
    outputs.rightFromRow !== null &&
    faults.falseAlarms === 0 &&
    faults.found + faults.cannotBeTold === faults.ofPlanted &&
    faults.cannotBeTold <= faults.ofPlanted * mayBeUntold &&
    corrections.owed === corrections.ofMissed &&
    corrections.withdrawn === corrections.ofTwice &&
    corrections.beside === 0
  );
}

/** What came of it, in a few lines. */
export function summary(outcome: Outcome): readonly string[] {
  const { run, states, faults, corrections, times } = outcome;
  return [
    `  run          ${run.runId}, ${run.status}`,
    `  verdict      ${verdictOf(run)}`,
    `  events       ${accountsOf(run)}`,
    `  live state   ${liveOf(run)}`,
    `  the error    ${listOf(faults.planted)} (planted; nobody was told)`,
    `  diagnosis    ${diagnosisOf(faults)}`,
    `  corrections  ${count(corrections.owed)} of ${count(corrections.ofMissed)} missed movements owed, ${count(corrections.withdrawn)} of ${count(corrections.ofTwice)} repeated ones withdrawn, ${count(corrections.beside)} beside`,
    `  truth        ${count(states.equal)} of ${count(states.keys)} keys equal the oracle's to the last bit`,
    `               ${outputsOf(outcome)}`,
    ...(states.differing.length === 0 ? [] : [`               differing: ${states.differing.slice(0, 10).join(', ')}`]),
    `  time         ${times}`,
  ];
}

function diagnosisOf({ found, ofPlanted, cannotBeTold, falseAlarms }: FaultsAgreement): string {
  const named = found + falseAlarms;
  const recall = (found / Math.max(1, ofPlanted)).toFixed(3);
  const precision = (named === 0 ? 1 : found / named).toFixed(3);
  return `${count(found)} of ${count(ofPlanted)} found, ${count(cannotBeTold)} cannot be told, ${count(falseAlarms)} false alarms (precision ${precision}, recall ${recall})`;
}

function verdictOf({ verdict, fidelity }: ShownRun): string {
  const keys = listOf(fidelity.keys);
  const why = verdict.reason ?? verdict.missing?.join('; ');
  return `${verdict.verdict}${why === undefined ? '' : ` (${why})`}; keys: ${keys}`;
}

function accountsOf({ totals }: ShownRun): string {
  const skipped = Object.values(totals.skipped).reduce((sum, one) => sum + one, 0);
  const parts = [
    `${count(totals.applied)} applied`,
    ...(skipped > 0 ? [`${count(skipped)} skipped`] : []),
    ...(totals.quarantined > 0 ? [`${count(totals.quarantined)} quarantined`] : []),
    ...(totals.unavailable > 0 ? [`${count(totals.unavailable)} unavailable`] : []),
  ];
  return `${count(totals.offsets)} = ${parts.join(' + ')}`;
}

function liveOf({ live, stateKeys }: ShownRun): string {
  if (live === null) return 'not compared';
  if (!live.compared) return `not compared: ${live.reason ?? 'no reason given'}`;
  return `${count(live.differing)} of ${count(stateKeys)} keys differ from the recovered ones`;
}

function outputsOf({ outputs }: Outcome): string {
  return outputs.rightFromRow === null
    ? `${count(outputs.outputs)} outputs are NOT the oracle's`
    : `${count(outputs.outputs)} outputs equal the oracle's, in order, from flight ${count(outputs.rightFromRow)} on`;
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, number]) => `${count(number)} ${name}`)
    .join(', ');
}

function count(number: number): string {
  return number.toLocaleString('en');
}
