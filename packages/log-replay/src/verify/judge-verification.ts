import {
  canonicalJson,
  unbalancedAccounts,
  type Plan,
  type PartitionAccount,
  type RunSummary,
  type VerificationCheck,
} from '@eventmend/core';
import type { DerivationDigest } from './derivation-digest.js';

const number = (value: number): string => value.toLocaleString('en-US');

/** Holds what was derived again against what the run says of itself; what could not be checked is said so. */
export function judgeVerification(
  plan: Plan,
  run: RunSummary,
  baselineDigest: string,
  again: DerivationDigest,
): readonly VerificationCheck[] {
  const checks: VerificationCheck[] = [
    check(
      'state',
      run.stateDigest === again.stateDigest,
      `second, plain replay: ${number(again.stateKeys)} keys, digest ${again.stateDigest.slice(0, 12)}`,
      `the run has digest ${run.stateDigest.slice(0, 12)} over ${number(run.stateKeys)} keys, the second replay ${again.stateDigest.slice(0, 12)} over ${number(again.stateKeys)}`,
    ),
    check(
      'outputs',
      run.outputsDigest === again.outputsDigest && run.outputs === again.outputs,
      `${number(again.outputs)} intended outputs, in order, digest ${again.outputsDigest.slice(0, 12)}`,
      `the run intends ${number(run.outputs)} (${run.outputsDigest.slice(0, 12)}), the second replay ${number(again.outputs)} (${again.outputsDigest.slice(0, 12)})`,
    ),
    checkAccounts(run, again),
    check(
      'quarantine',
      run.quarantined === again.quarantined,
      `${number(again.quarantined)} events parked in both`,
      `the run parked ${number(run.quarantined)}, the second replay ${number(again.quarantined)}`,
    ),
    checkBaseline(plan, baselineDigest, again),
    ...again.invariants.map(({ name, broken, first }) =>
      check(
        `invariant ${name}`,
        broken === 0,
        'holds for every key',
        `${number(broken)} keys break it, first ${first ?? ''}`,
      ),
    ),
  ];
  if (again.invariants.length === 0) {
    checks.push({ name: 'invariants', result: 'not-checked', detail: 'the worker declares none' });
  }
  checks.push(
    plan.workerCheck.checked
      ? { name: 'worker', result: 'passed', detail: plan.workerCheck.reason }
      : { name: 'worker', result: 'not-checked', detail: plan.workerCheck.reason },
  );
  return checks;
}

function checkBaseline(plan: Plan, baselineDigest: string, again: DerivationDigest): VerificationCheck {
  const parts = plan.baseline.map((part) => part.source);
  if (parts.every((source) => source.kind === 'genesis')) {
    return { name: 'baseline', result: 'passed', detail: 'the beginning of the log' };
  }
  if (again.parkedBefore > 0) {
    const detail = `${number(again.parkedBefore)} events before it are quarantined when it is derived from the beginning`;
    return { name: 'baseline', result: 'failed', detail };
  }
  if (again.baselineDigest === null) {
    return { name: 'baseline', result: 'not-checked', detail: 'the log does not reach back to its beginning' };
  }
  return check(
    'baseline',
    again.baselineDigest === baselineDigest,
    'derived again from the beginning of the log, the same digest',
    'the states derived from the beginning of the log are others',
  );
}

function checkAccounts(run: RunSummary, again: DerivationDigest): VerificationCheck {
  const unbalanced = unbalancedAccounts(run.accounts);
  const ours = comparable(run.accounts);
  const theirs = comparable(again.accounts);
  return check(
    'accounts',
    unbalanced.length === 0 && ours === theirs && canonicalJson(run.order) === canonicalJson(again.order),
    `${number(run.totals.offsets)} offsets, each in one column, the same in both`,
    unbalanced.length > 0
      ? `they do not add up in ${unbalanced.map((account) => `${account.topic}[${account.partition}]`).join(', ')}`
      : 'the second replay books otherwise',
  );
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

function check(name: string, passed: boolean, good: string, bad: string): VerificationCheck {
  return passed ? { name, result: 'passed', detail: good } : { name, result: 'failed', detail: bad };
}
