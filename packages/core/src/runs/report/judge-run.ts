import type { Plan } from '../../model/plan/plan.js';
import type { MissingPart, Verdict } from '../../model/strategy/verdict.js';
import type { RunSummary } from './summarise-run.js';

/** What a verification came to; `open` is what one that passed says nothing of. */
export type VerificationOutcome =
  { readonly result: 'none' | 'failed' } | { readonly result: 'passed'; readonly open: readonly MissingPart[] };

/** What keeps a run from being complete; nothing that is unknown counts in its favour. */
export function judgeRun(
  { done, totals, quarantined, order }: RunSummary,
  { workerCheck, baseline, segments }: Pick<Plan, 'workerCheck' | 'baseline' | 'segments'>,
  verification: VerificationOutcome,
  uncovered: { readonly unproven: number | null } = { unproven: 0 },
): Verdict {
  const missing: MissingPart[] = [];
  if (!done) missing.push({ kind: 'target-not-reached' });
  const openEnds = segments.filter(({ openEnd }) => openEnd === true).length;
  const unavailable = totals.unavailable - openEnds;
  if (unavailable > 0) missing.push({ kind: 'events-unavailable', events: unavailable });
  if (openEnds > 0) missing.push({ kind: 'loss-unknown' });
  if (quarantined > 0) missing.push({ kind: 'events-quarantined', events: quarantined });
  if (order.unconfirmed > 0) missing.push({ kind: 'times-unconfirmed', events: order.unconfirmed });
  for (const { source, basis, omits } of baseline) {
    if (source.kind === 'genesis') continue;
    if (basis === 'unproven') missing.push({ kind: 'baseline-unproven', snapshot: source.id });
    if (omits !== undefined) missing.push({ kind: 'not-in-baseline', snapshot: source.id, parts: Object.keys(omits) });
  }
  if (!workerCheck.checked) missing.push({ kind: 'worker-not-checked', reason: workerCheck.reason });
  if (uncovered.unproven !== 0) missing.push({ kind: 'not-covered', keys: uncovered.unproven });
  switch (verification.result) {
    case 'none':
      missing.push({ kind: 'not-verified' });
      break;
    case 'passed':
      missing.push(...verification.open);
      break;
    case 'failed':
      missing.push({ kind: 'verification-failed' });
  }
  return missing.length === 0 ? { verdict: 'complete' } : { verdict: 'incomplete', missing };
}
