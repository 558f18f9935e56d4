import type { DrillReport, StrategyScore } from './drill-report.js';

/** What a team asks of a drill. Shares are from 0 to 1. */
export interface DrillBounds {
  /** Of the accusations that the diagnosis makes, so many have to be right: all where absent. */
  readonly precision?: number;
  /** Of the planted faults, so many have to be found; any where absent. */
  readonly recall?: number;
  /** Of the keys, so many may be wrong in the best recovery; any where absent. */
  readonly wrongKeys?: number;
}

/** What of a drill is not as it should be. */
export type DrillBreach =
  /** Values were called exact and are wrong. */
  | { readonly kind: 'called-exact-and-wrong'; readonly strategy: string; readonly keys: number }
  /** The run was called complete, and states or outputs are not those of the truth. */
  | {
      readonly kind: 'called-complete-and-is-not';
      readonly strategy: string;
      readonly keys: number;
      readonly outputs: number;
    }
  | { readonly kind: 'verification-failed'; readonly strategy: string }
  | { readonly kind: 'nothing-recovered' }
  | { readonly kind: 'precision' | 'recall' | 'wrong-keys'; readonly found: number; readonly bound: number };

/** What breaks the promise of the whole tool comes first, then what a team asked for. */
export function judgeDrill(report: DrillReport, bounds: DrillBounds = {}): readonly DrillBreach[] {
  const { detection, strategies } = report;
  const best = bestOf(strategies);
  const breaches = strategies.flatMap(claimsOf);
  if (best === null) breaches.push({ kind: 'nothing-recovered' });
  const { precision: leastPrecision = 1, recall: leastRecall = 0, wrongKeys: mostWrong = 1 } = bounds;
  const precision = detection?.precision ?? 1;
  // Where nothing was found since nobody could look, the faults were not found.
  const recall = detection === null ? 0 : (detection.recall ?? 1);
  if (precision < leastPrecision) breaches.push({ kind: 'precision', found: precision, bound: leastPrecision });
  if (recall < leastRecall) breaches.push({ kind: 'recall', found: recall, bound: leastRecall });
  if (best !== null && shareOf(best) > mostWrong) {
    breaches.push({ kind: 'wrong-keys', found: shareOf(best), bound: mostWrong });
  }
  return breaches;
}

/** Says of its strategies that they claimed what is not so: no bound excuses that. */
export function isFalseClaim({ kind }: DrillBreach): boolean {
  return kind === 'called-exact-and-wrong' || kind === 'called-complete-and-is-not' || kind === 'verification-failed';
}

/** The recovery with the fewest wrong keys, the first of equal ones; null where there is none. */
export function bestOf(strategies: readonly StrategyScore[]): StrategyScore | null {
  let best: StrategyScore | null = null;
  for (const score of strategies) {
    if (score.keys === null) continue;
    if (best === null || score.keys.wrong < (best.keys?.wrong ?? Infinity)) best = score;
  }
  return best;
}

function claimsOf(score: StrategyScore): DrillBreach[] {
  const { strategy, exact, keys, outputs, verdict, verified } = score;
  const breaches: DrillBreach[] = [];
  if ((exact?.wrong ?? 0) > 0) breaches.push({ kind: 'called-exact-and-wrong', strategy, keys: exact?.wrong ?? 0 });
  const wrong = { keys: keys?.wrong ?? 0, outputs: outputs?.wrong ?? 0 };
  if (verdict?.verdict === 'complete' && wrong.keys + wrong.outputs > 0) {
    breaches.push({ kind: 'called-complete-and-is-not', strategy, ...wrong });
  }
  if (verified === false) breaches.push({ kind: 'verification-failed', strategy });
  return breaches;
}

function shareOf({ keys }: StrategyScore): number {
  return keys === null || keys.of === 0 ? 0 : keys.wrong / keys.of;
}
