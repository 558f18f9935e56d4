import type { QuarantinedEvent } from '@eventmend/core/engine';
import type { RunReport, Verdict } from '@eventmend/core';
import { describeReason } from '../render/describe-assessment.js';
import { describeLiveDoubt, describeMissing, describeNote } from '../render/render-run.js';
import { formatCount } from '../terminal/format.js';
import type { VerdictJson } from './parts.js';
import type { QuarantinedJson, RunJson } from './run-document.js';

/** A run as it stands in JSON: offsets become texts, coded cases become words. */
export function runToJson(report: RunReport): RunJson {
  const { standIns, facts, ...ofLog } = report;
  const { live, accounts } = ofLog;
  return {
    ...ofLog,
    accounts: accounts.map(accountToJson),
    ...(standIns !== undefined && { standIns: standIns.map(accountToJson) }),
    ...(facts !== undefined && { facts: [...facts] }),
    verdict: verdictToJson(report.verdict),
    live: live === null ? null : { ...live, reason: live.reason === null ? null : describeLiveDoubt(live.reason) },
    notes: report.notes.map(describeNote),
  };
}

function accountToJson(account: RunReport['accounts'][number]): RunJson['accounts'][number] {
  return { ...account, range: { from: String(account.range.from), to: String(account.range.to) } };
}

export function verdictToJson(verdict: Verdict): VerdictJson {
  switch (verdict.verdict) {
    case 'complete':
      return verdict;
    case 'incomplete':
      return { ...verdict, missing: describeMissing(verdict) };
    case 'bounded':
      return { ...verdict, plusMinus: formatCount(verdict.plusMinus) };
    case 'refused':
      return { ...verdict, reason: describeReason(verdict.reason) };
  }
}

export function quarantinedToJson(event: QuarantinedEvent): QuarantinedJson {
  const { partition, offset, keys, code, reason } = event;
  return {
    topic: partition.topic,
    partition: partition.partition,
    offset: String(offset),
    keys: keys === null ? null : [...keys],
    code,
    reason,
  };
}
