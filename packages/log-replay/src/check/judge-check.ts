import type { SnapshotFinding } from '@eventmend/core';
import type { CheckVerdict, OutputAgreement } from './check-report.js';

/** What the replay of a stretch has shown, as far as the verdict needs it. */
export interface CheckEvidence {
  /** Whether the stretch is known to be from before the error. */
  readonly healthy: boolean;
  /** Snapshots of the stretch, the earliest first. */
  readonly snapshots: readonly JudgedSnapshot[];
  readonly outputs: readonly OutputAgreement[];
  readonly quarantined: number;
}

export interface JudgedSnapshot {
  readonly finding: SnapshotFinding;
  /** All its states were reproduced, in the order of the replay or in another permissible one. */
  readonly reproduced: boolean;
}

export interface CheckJudgement {
  readonly verdict: CheckVerdict;
  readonly reason: string;
  /** The latest snapshot that was reproduced. */
  readonly snapshot: string | null;
}

/** Fewer outputs than this show nothing by themselves: most rules would not have come up. */
const leastOutputs = 100;

/** Unknown never improves a verdict: what is neither shown to agree nor shown to differ cannot be told. */
export function judgeCheck({ healthy, snapshots, outputs, quarantined }: CheckEvidence): CheckJudgement {
  const reproduced = snapshots.findLast((one) => one.reproduced) ?? null;
  const snapshot = reproduced?.finding.id ?? null;
  const totals = totalOf(outputs);
  const wrongSnapshots = snapshots.filter(({ finding }) => finding.finding === 'differs').length;
  const wrongOutputs = totals.compared - totals.agreeing - totals.undetermined;
  const compared = snapshots.some(({ finding }) => finding.keysCompared > 0) || totals.compared > 0;
  const agreement = describeAgreement(reproduced, totals);
  const unexplained = describeDisagreement(snapshots, wrongSnapshots, wrongOutputs);
  const tell = (verdict: CheckVerdict, reason: string): CheckJudgement => ({ verdict, reason, snapshot });
  if (!compared) return tell('cannot-be-told', nothingToCompare(snapshots));
  if (wrongSnapshots + wrongOutputs > 0) {
    return healthy
      ? tell('mismatch', `${unexplained}, on a stretch from before the error`)
      : tell(
          'cannot-be-told',
          `${agreement ?? 'nothing agrees'}; ${unexplained}; the onset is not known, so nobody knows whether that stretch is healthy`,
        );
  }
  if (!healthy) {
    return tell(
      'cannot-be-told',
      `${agreement ?? 'nothing is shown to differ'}, but the onset is not known, so nobody knows whether that stretch is healthy`,
    );
  }
  const byOutputs = totals.agreeing >= leastOutputs && totals.agreeing === totals.compared && quarantined === 0;
  if (agreement !== null && (reproduced !== null || byOutputs)) return tell('passed', agreement);
  return tell('cannot-be-told', whyNotEnough(totals, quarantined, snapshots));
}

function whyNotEnough(
  totals: ReturnType<typeof totalOf>,
  quarantined: number,
  snapshots: readonly JudgedSnapshot[],
): string {
  if (totals.undetermined > 0 || snapshots.some(({ finding }) => finding.finding === 'order-not-determined')) {
    return 'what differs may come of another permissible order of the partitions: the live order is not recorded';
  }
  if (quarantined > 0) return `${count(quarantined)} events were parked, so that what follows is not comparable`;
  return `only ${count(totals.agreeing)} outputs could be compared, and fewer than ${leastOutputs} show too little`;
}

function nothingToCompare(snapshots: readonly JudgedSnapshot[]): string {
  const [first] = snapshots;
  return first === undefined
    ? 'the service recorded neither states nor outputs on this stretch'
    : `there is nothing to compare: snapshot ${first.finding.id}: ${first.finding.reason}`;
}

function describeAgreement(reproduced: JudgedSnapshot | null, totals: ReturnType<typeof totalOf>): string | null {
  const parts: string[] = [];
  if (reproduced !== null) {
    const keys = count(reproduced.finding.keysCompared);
    parts.push(`snapshot ${reproduced.finding.id} (${keys} of ${keys} keys)`);
  }
  if (totals.compared > 0 && totals.agreeing === totals.compared) {
    parts.push(`${count(totals.agreeing)} of ${count(totals.compared)} recorded outputs`);
  }
  return parts.length === 0 ? null : `it reproduces ${parts.join(' and ')}`;
}

function describeDisagreement(snapshots: readonly JudgedSnapshot[], wrong: number, wrongOutputs: number): string {
  const first = snapshots.find(({ finding }) => finding.finding === 'differs')?.finding;
  const parts: string[] = [];
  if (first !== undefined) {
    const more = wrong > 1 ? ` and ${count(wrong - 1)} later` : '';
    parts.push(`${count(first.keysDiffering)} of ${count(first.keysCompared)} keys of snapshot ${first.id}${more}`);
  }
  if (wrongOutputs > 0) parts.push(`${count(wrongOutputs)} outputs`);
  return `it does not reproduce ${parts.join(' and ')}`;
}

function totalOf(outputs: readonly OutputAgreement[]) {
  const sum = (name: 'compared' | 'agreeing' | 'undetermined'): number =>
    outputs.reduce((total, one) => total + one[name], 0);
  return { compared: sum('compared'), agreeing: sum('agreeing'), undetermined: sum('undetermined') };
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
