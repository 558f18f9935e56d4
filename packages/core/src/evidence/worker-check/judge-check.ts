import type { SnapshotFinding } from '../../model/plan/plan.js';
import type { CheckAgreement, CheckDisagreement, CheckReason, CheckVerdict, OutputAgreement } from './check-report.js';

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
  readonly reason: CheckReason;
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
  const compared = snapshots.some(({ finding }) => finding.keysCompared > 0) || totals.compared > 0;
  const agreement = agreementOf(reproduced, totals);
  const disagreement = disagreementOf(snapshots, totals);
  const tell = (verdict: CheckVerdict, reason: CheckReason): CheckJudgement => ({ verdict, reason, snapshot });
  if (!compared) return tell('cannot-be-told', nothingToCompare(snapshots));
  if (!healthy) return tell('cannot-be-told', { kind: 'onset-unknown', agreement, disagreement });
  if (disagreement !== null) return tell('mismatch', { kind: 'not-reproduced', disagreement });
  const byOutputs = totals.agreeing >= leastOutputs && totals.agreeing === totals.compared && quarantined === 0;
  if (agreement !== null && (reproduced !== null || byOutputs))
    return tell('passed', { kind: 'reproduced', agreement });
  return tell('cannot-be-told', whyNotEnough(totals, quarantined, snapshots));
}

function whyNotEnough(totals: Totals, quarantined: number, snapshots: readonly JudgedSnapshot[]): CheckReason {
  if (totals.undetermined > 0 || snapshots.some(({ finding }) => finding.finding === 'order-not-determined')) {
    return { kind: 'order-not-recorded' };
  }
  if (quarantined > 0) return { kind: 'events-quarantined', events: quarantined };
  return { kind: 'too-few-outputs', agreeing: totals.agreeing, least: leastOutputs };
}

function nothingToCompare(snapshots: readonly JudgedSnapshot[]): CheckReason {
  const [first] = snapshots;
  return first === undefined
    ? { kind: 'nothing-recorded' }
    : { kind: 'nothing-comparable', snapshot: first.finding.id, reason: first.finding.reason };
}

function agreementOf(reproduced: JudgedSnapshot | null, totals: Totals): CheckAgreement | null {
  const outputs = totals.agreeing === totals.compared ? totals.agreeing : 0;
  if (reproduced === null) return outputs === 0 ? null : { snapshot: null, outputs };
  const { id, keysCompared: keys } = reproduced.finding;
  return { snapshot: { id, keys }, outputs };
}

function disagreementOf(snapshots: readonly JudgedSnapshot[], totals: Totals): CheckDisagreement | null {
  const outputs = totals.compared - totals.agreeing - totals.undetermined;
  const [first, ...later] = snapshots.flatMap(({ finding }) => (finding.finding === 'differs' ? [finding] : []));
  if (first === undefined) return outputs === 0 ? null : { snapshot: null, outputs };
  const { id, keysDiffering: differing, keysCompared: keys } = first;
  return { snapshot: { id, differing, keys, later: later.length }, outputs };
}

type Totals = ReturnType<typeof totalOf>;

function totalOf(outputs: readonly OutputAgreement[]) {
  const sum = (name: 'compared' | 'agreeing' | 'undetermined'): number =>
    outputs.reduce((total, one) => total + one[name], 0);
  return { compared: sum('compared'), agreeing: sum('agreeing'), undetermined: sum('undetermined') };
}
