import type { CorrectionFinding } from './finding.js';
import type { FindingLog } from './finding-log.js';

/** Findings in the order of the run; those of one output with what is to be retracted first. */
export function* orderedFindings(findings: FindingLog): Iterable<CorrectionFinding> {
  for (const list of findings.inOrder()) {
    if (list.length === 1) yield* list;
    else yield* withoutCancelled(list).sort(compareFindings);
  }
}

/** Those of one event that still hold. */
export function withoutCancelled(list: readonly CorrectionFinding[]): CorrectionFinding[] {
  const cancelled = new Set(list.flatMap(({ standing, slot }) => (standing === 'cancelled' ? [slot] : [])));
  return list.filter(
    ({ standing, slot }) => standing !== 'cancelled' && !(standing === 'replaced' && cancelled.has(slot)),
  );
}

function compareFindings(a: CorrectionFinding, b: CorrectionFinding): number {
  return (
    a.partition - b.partition ||
    a.offset - b.offset ||
    a.slot - b.slot ||
    Number(b.intended === null) - Number(a.intended === null) ||
    compareText(a.output, b.output) ||
    compareText(a.key, b.key) ||
    a.ordinal - b.ordinal ||
    a.occurrence - b.occurrence
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
