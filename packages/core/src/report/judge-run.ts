import type { WorkerCheck } from '../plan/plan.js';
import type { Verdict } from '../strategy/strategy.js';
import type { RunSummary } from './summarise-run.js';

/** What keeps a run from being complete, in words; nothing that is unknown counts in its favour. */
export function judgeRun(
  summary: RunSummary,
  workerCheck: WorkerCheck,
  verification: 'passed' | 'failed' | 'none',
): Verdict {
  const missing: string[] = [];
  if (!summary.done) missing.push('the run has not reached its target');
  if (summary.totals.unavailable > 0) missing.push(`${plural(summary.totals.unavailable, 'event')} unavailable`);
  if (summary.quarantined > 0) missing.push(`${plural(summary.quarantined, 'event')} quarantined`);
  if (!workerCheck.checked) missing.push(`the worker is not checked: ${workerCheck.reason}`);
  if (verification === 'none') missing.push('the result is not verified yet');
  if (verification === 'failed') missing.push('verification derived another result');
  return missing.length === 0 ? { verdict: 'complete' } : { verdict: 'incomplete', missing };
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
