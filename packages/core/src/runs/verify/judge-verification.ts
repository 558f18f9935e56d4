import { canonicalJson } from '../../model/json/canonical-json.js';
import { unbalancedAccounts, type PartitionAccount } from '../../model/accounts/accounts.js';
import { comparePartitions } from '../../model/log/partition-id.js';
import type { Plan } from '../../model/plan/plan.js';
import { knownAccounts } from '../report/known-accounts.js';
import type { RunSummary } from '../report/summarise-run.js';
import type { VerificationCheck } from '../../model/strategy/verification.js';
import type { UncoveredFinding } from '../../evidence/check-coverage/uncovered-finding.js';
import type { DerivationDigest } from './derivation-digest.js';
import { trustedSnapshot } from './trusted-baseline.js';

/** Holds what was derived again against what the run says of itself; what could not be checked is said so. */
export function judgeVerification(
  plan: Plan,
  run: RunSummary,
  baselineDigest: string,
  again: DerivationDigest,
): readonly VerificationCheck[] {
  const checks: VerificationCheck[] = [
    check('state', run.stateDigest === again.stateDigest, {
      kind: 'states',
      run: { keys: run.stateKeys, digest: run.stateDigest },
      again: { keys: again.stateKeys, digest: again.stateDigest },
    }),
    check('outputs', run.outputsDigest === again.outputsDigest && run.outputs === again.outputs, {
      kind: 'outputs',
      run: { outputs: run.outputs, digest: run.outputsDigest },
      again: { outputs: again.outputs, digest: again.outputsDigest },
    }),
    checkAccounts(plan, run, again),
    check('quarantine', run.quarantined === again.quarantined, {
      kind: 'quarantine',
      run: run.quarantined,
      again: again.quarantined,
    }),
    checkBaseline(plan, baselineDigest, again),
    ...again.invariants.map(({ name, broken, first, keys }) =>
      check('invariant', broken === 0, { kind: 'invariant', invariant: name, broken, first, keys }),
    ),
  ];
  if (again.invariants.length === 0) {
    checks.push({ name: 'invariants', result: 'not-checked', detail: { kind: 'no-invariants' } });
  }
  const { checked, reason } = plan.workerCheck;
  const result = checked ? 'passed' : 'not-checked';
  checks.push({ name: 'worker', result, detail: { kind: 'worker-check', reason } });
  return checks;
}

/** What the recovery relied on beyond the check of its worker. */
export function judgeCoverage(uncovered: UncoveredFinding | null): VerificationCheck {
  const { parts, unproven, declared } = uncovered ?? { parts: null, unproven: [], declared: [] };
  return {
    name: 'coverage',
    result: parts === null || unproven.length > 0 ? 'not-checked' : 'passed',
    detail: { kind: 'coverage', parts, unproven: unproven.length, declared: declared.length },
  };
}

function checkBaseline(plan: Plan, baselineDigest: string, again: DerivationDigest): VerificationCheck {
  const name = 'baseline';
  if (plan.baseline.every(({ source }) => source.kind === 'genesis')) {
    return { name, result: 'passed', detail: { kind: 'baseline-is-genesis' } };
  }
  if (plan.baseline.some(({ basis }) => basis === 'unproven')) {
    return { name, result: 'not-checked', detail: { kind: 'baseline-unproven' } };
  }
  const snapshot = trustedSnapshot(plan);
  if (snapshot !== null && again.trusted !== null && again.trusted.differing > 0) {
    const { trusted, parkedBefore: parked } = again;
    return {
      name,
      result: 'not-checked',
      detail: { kind: 'baseline-trusted', snapshot, keys: trusted.differing, parked },
    };
  }
  // A trusted baseline needs no proof: an event that is parked on the way to it takes nothing from it where the states are the same.
  if (again.parkedBefore > 0 && snapshot === null) {
    return { name, result: 'failed', detail: { kind: 'baseline-behind-quarantine', events: again.parkedBefore } };
  }
  if (again.baselineDigest === null) {
    return { name, result: 'not-checked', detail: { kind: 'log-has-no-beginning' } };
  }
  return check(name, again.baselineDigest === baselineDigest, { kind: 'baseline-derived-again' });
}

function checkAccounts(plan: Plan, run: RunSummary, again: DerivationDigest): VerificationCheck {
  // The derivation counts stand-ins where they stand, among the partitions of the plan.
  const accounts = [...run.accounts, ...run.standIns].sort(comparePartitions);
  const unbalanced = unbalancedAccounts(accounts);
  const same = comparable(accounts) === comparable([...again.accounts].sort(comparePartitions));
  return check('accounts', unbalanced.length === 0 && same && canonicalJson(run.order) === canonicalJson(again.order), {
    kind: 'accounts',
    offsets: knownAccounts(run, plan).totals.offsets,
    unbalanced: unbalanced.map(({ topic, partition }) => ({ topic, partition })),
  });
}

function comparable(accounts: readonly PartitionAccount[]): string {
  return JSON.stringify(
    accounts.map(({ topic, partition, range, applied, skipped, quarantined, unavailable, repeated }) => [
      topic,
      partition,
      range.from,
      range.to,
      applied,
      Object.entries(skipped)
        .filter(([, count]) => count > 0)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
      quarantined,
      unavailable,
      repeated,
    ]),
  );
}

function check(name: string, passed: boolean, detail: VerificationCheck['detail']): VerificationCheck {
  return { name, result: passed ? 'passed' : 'failed', detail };
}
