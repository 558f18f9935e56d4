import type { CallBudget } from './call-budget.js';
import { chanceOfAccident, mostChance } from './chance-of-accident.js';
import { foldOtherwise, rightOutcome, type Folding, type FoldResult } from './fold-otherwise.js';
import {
  doubleFaults,
  pairsUpTo,
  singleFaults,
  type Accusation,
  type Hypothesis,
  type MayMove,
} from './single-faults.js';
import type { Suspect } from './suspect.js';

/** What came of trying all single faults on a suspect. */
export type Judgement =
  | { readonly judged: 'one'; readonly accusations: readonly Accusation[]; readonly tried: number }
  /** It explains the states, and so may some wrong result: one that happens to lead there is likely enough. */
  | { readonly judged: 'perhaps'; readonly accusations: readonly Accusation[] }
  | { readonly judged: 'several'; readonly explanations: readonly (readonly Accusation[])[] }
  /** No single fault, but these pairs of faults, of which too many are tried for one of them to be believed. */
  | { readonly judged: 'pairs-only'; readonly explanations: readonly (readonly Accusation[])[] }
  | { readonly judged: 'none' | 'not-followed' | 'no-budget' };

/**
 * Finds the fault that explains a suspect. An explanation only stands where no other is left, tried or not to be tried.
 * Whether an event was missed or came late is decided by the cuts behind: what explains more of them stands.
 * @param patterns explanations of this suspect by a statement about many events that explains nothing else
 */
export async function judgeSuspect(
  suspect: Suspect,
  patterns: readonly (readonly Accusation[])[],
  mayMove: MayMove,
  folding: Folding,
  budget: CallBudget,
): Promise<Judgement> {
  const single = await tryAll(suspect, singleFaults(suspect, mayMove), folding, budget);
  if (single.open !== null) return { judged: single.open };
  if (single.explaining.length > 0) {
    const judgement = decide(single.explaining, single.tried);
    if (judgement.judged !== 'one') return judgement;
    if (!isWithoutEffect(suspect, judgement) && isAccident(suspect, single, folding)) return byAccident(judgement);
    return single.reach === 0 && isFollowed(suspect) ? orLate(judgement) : judgement;
  }
  const explanations: (readonly Accusation[])[] = [...patterns];
  if (suspect.end - suspect.first <= pairsUpTo) {
    const double = await tryAll(suspect, doubleFaults(suspect), folding, budget);
    explanations.push(...double.explaining.flatMap((claims) => [...claims.values()]));
  }
  return explanations.length === 0 ? { judged: 'none' } : { judged: 'pairs-only', explanations };
}

interface Explaining {
  readonly claims: Hypothesis['claims'];
  /** How many cuts behind are explained as well. */
  readonly reach: number;
}

interface Tried {
  readonly explaining: readonly Hypothesis['claims'][];
  /** How many cuts behind the best of them explains as well. */
  readonly reach: number;
  readonly tried: number;
  /** States that they lead to at the cut, each once, as JSON. */
  readonly outcomes: ReadonlySet<string>;
  /** Why some hypotheses could be neither confirmed nor refuted; null where all were. */
  readonly open: Extract<FoldResult, 'not-followed' | 'no-budget'> | null;
}

async function tryAll(
  suspect: Suspect,
  hypotheses: Iterable<Hypothesis>,
  folding: Folding,
  budget: CallBudget,
): Promise<Tried> {
  const explaining: Explaining[] = [];
  let tried = 0;
  const outcomes = new Set<string>();
  let open: Tried['open'] = null;
  for (const { handling, claims } of hypotheses) {
    if (folding.control.stopRequested) return { explaining: [], reach: 0, tried, outcomes, open: 'no-budget' };
    const result = await foldOtherwise(suspect, handling, folding, budget, (states) => {
      outcomes.add(JSON.stringify([...states]));
    });
    tried++;
    if (typeof result === 'number') explaining.push({ claims, reach: result });
    else if (result === 'no-budget') return { explaining: [], reach: 0, tried, outcomes, open: 'no-budget' };
    else if (result === 'not-followed') open = 'not-followed';
  }
  const reach = Math.max(0, ...explaining.map((explained) => explained.reach));
  return { explaining: missedOrLate(explaining), reach, tried, outcomes, open };
}

/** True where a wrong result may as well have led to the recorded states: too many handlings that were tried lie close by. */
function isAccident(suspect: Suspect, { outcomes }: Tried, { instance }: Folding): boolean {
  const recorded = suspect.checks[suspect.decisive]?.recorded ?? new Map<string, string | null>();
  const all = [...outcomes].map((text) => new Map(JSON.parse(text) as [string, string | null][]));
  return chanceOfAccident(rightOutcome(suspect, instance), recorded, all) > mostChance;
}

/**
 * True where the keys had a single event, and its states are as if it had not been: whatever wrong result may have led
 * there, it had no effect, which is what a missed event is told with.
 */
function isWithoutEffect({ first, end }: Suspect, { accusations }: Extract<Judgement, { judged: 'one' }>): boolean {
  return end - first === 1 && accusations.every(({ kind, event }) => kind === 'missed' && event === first);
}

/** True where states from behind were recorded too, and so speak for or against what explains these. */
function isFollowed({ checks, decisive }: Suspect): boolean {
  return checks.length > decisive + 1;
}

/** An event that is missing in a state, while nothing explains those behind, may have come late: anywhere between them. */
function orLate(judgement: Extract<Judgement, { judged: 'one' }>): Judgement {
  const late = judgement.accusations.map((said): Accusation => {
    return said.kind === 'missed' ? { kind: 'out-of-order', event: said.event, other: null } : said;
  });
  const isSame = judgement.accusations.every(({ kind }) => kind !== 'missed');
  return isSame ? judgement : { judged: 'several', explanations: [judgement.accusations, late] };
}

function byAccident({ accusations }: Extract<Judgement, { judged: 'one' }>): Judgement {
  return { judged: 'perhaps', accusations };
}

/** Of the explanations by one event that was missed or came late, only those that explain most of the cuts behind. */
function missedOrLate(explaining: readonly Explaining[]): readonly Hypothesis['claims'][] {
  const furthest = new Map<number, number>();
  const eventOf = (claims: Hypothesis['claims']): number | null => {
    for (const [name, [accusation]] of claims) {
      if (accusation !== undefined && /^(?:missed|late) \d+$/.test(name)) return accusation.event;
    }
    return null;
  };
  for (const { claims, reach } of explaining) {
    const event = eventOf(claims);
    if (event !== null) furthest.set(event, Math.max(reach, furthest.get(event) ?? 0));
  }
  return explaining
    .filter(({ claims, reach }) => reach >= (furthest.get(eventOf(claims) ?? -1) ?? 0))
    .map(({ claims }) => claims);
}

/** One statement that all explaining handlings agree with is the answer; else all statements are. */
function decide(explaining: readonly Hypothesis['claims'][], tried: number): Judgement {
  const [first = new Map<string, readonly Accusation[]>()] = explaining;
  for (const [name, accusations] of first) {
    const isSaid = accusations.every((one) => one.kind !== 'out-of-order' || one.other !== null);
    if (isSaid && explaining.every((claims) => claims.has(name))) return { judged: 'one', accusations, tried };
  }
  const all = new Map<string, readonly Accusation[]>();
  for (const claims of explaining) {
    const [claim] = claims;
    if (claim !== undefined) all.set(claim[0], claim[1]);
  }
  return { judged: 'several', explanations: [...all.values()] };
}
