import type { CallBudget } from './call-budget.js';
import { foldOtherwise, type Folding, type FoldResult } from './fold-otherwise.js';
import type { GatheredEvent } from './gather-events.js';
import {
  doubleFaults,
  nameOfAccusations,
  pairsUpTo,
  singleFaults,
  type Accusation,
  type Hypothesis,
} from './single-faults.js';
import type { Suspect } from './suspect.js';

/** What came of trying all single faults (and pairs of faults) on a suspect. */
export type Judgement =
  | { readonly judged: 'one'; readonly accusations: readonly Accusation[]; readonly tried: number }
  | { readonly judged: 'several'; readonly explanations: readonly (readonly Accusation[])[] }
  | { readonly judged: 'none' | 'not-followed' | 'no-budget' };

/**
 * Finds the faults that explain a suspect. Single faults come before pairs. An explanation only stands where no other of
 * its kind is left, tried or not to be tried.
 * @param patterns explanations of this suspect by a statement about many events that explains nothing else
 */
export async function judgeSuspect(
  suspect: Suspect,
  patterns: readonly (readonly Accusation[])[],
  mayMove: (a: GatheredEvent, b: GatheredEvent) => boolean,
  folding: Folding,
  budget: CallBudget,
): Promise<Judgement> {
  const single = await tryAll(suspect, singleFaults(suspect, mayMove), folding, budget);
  if (single.open !== null) return { judged: single.open };
  if (single.explaining.length > 0) return decide(single.explaining, single.tried);
  const explaining: Hypothesis['claims'][] = patterns.map(
    (accusations) => new Map([[nameOfAccusations(accusations), accusations]]),
  );
  let { tried } = single;
  if (suspect.events.length <= pairsUpTo) {
    const double = await tryAll(suspect, doubleFaults(suspect), folding, budget);
    if (double.open !== null) return { judged: double.open };
    explaining.push(...double.explaining);
    tried += double.tried;
  }
  return explaining.length === 0 ? { judged: 'none' } : decide(explaining, tried);
}

interface Tried {
  readonly explaining: readonly Hypothesis['claims'][];
  readonly tried: number;
  /** Why some hypotheses could be neither confirmed nor refuted; null where all were. */
  readonly open: Extract<FoldResult, 'not-followed' | 'no-budget'> | null;
}

async function tryAll(
  suspect: Suspect,
  hypotheses: Iterable<Hypothesis>,
  folding: Folding,
  budget: CallBudget,
): Promise<Tried> {
  const explaining: Hypothesis['claims'][] = [];
  let tried = 0;
  let open: Tried['open'] = null;
  for (const { handling, claims } of hypotheses) {
    if (folding.control.stopRequested) return { explaining, tried, open: 'no-budget' };
    const result = await foldOtherwise(suspect, handling, folding, budget);
    tried++;
    switch (result) {
      case 'explains':
        explaining.push(claims);
        break;
      case 'no-budget':
        return { explaining, tried, open: 'no-budget' };
      case 'not-followed':
        open = 'not-followed';
        break;
      case 'does-not':
        break;
    }
  }
  return { explaining, tried, open };
}

/** One statement that all explaining handlings agree with is the answer; else all statements are. */
function decide(explaining: readonly Hypothesis['claims'][], tried: number): Judgement {
  const [first = new Map<string, readonly Accusation[]>()] = explaining;
  for (const [name, accusations] of first) {
    if (explaining.every((claims) => claims.has(name))) return { judged: 'one', accusations, tried };
  }
  const all = new Map<string, readonly Accusation[]>();
  for (const claims of explaining) {
    const [claim] = claims;
    if (claim !== undefined) all.set(claim[0], claim[1]);
  }
  return { judged: 'several', explanations: [...all.values()] };
}
