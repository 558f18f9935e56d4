import type { QuarantinedEvent, RunReport } from '@eventmend/core';
import type { QuarantinedJson, RunJson } from './run-document.js';

/** A run as it stands in JSON: offsets become texts. */
export function runToJson(report: RunReport): RunJson {
  return {
    ...report,
    accounts: report.accounts.map((part) => ({
      ...part,
      range: { from: String(part.range.from), to: String(part.range.to) },
    })),
    verdict:
      report.verdict.verdict === 'incomplete'
        ? { ...report.verdict, missing: [...report.verdict.missing] }
        : report.verdict,
    notes: [...report.notes],
  };
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
