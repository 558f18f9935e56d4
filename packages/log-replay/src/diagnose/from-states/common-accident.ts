import type { CallBudget } from './call-budget.js';
import { chanceOfAccident, mostChance, type ComparableStates } from './chance-of-accident.js';
import { foldOtherwise, rightOutcome, type Folding, type OtherHandling } from './fold-otherwise.js';
import type { Suspect } from './suspect.js';
import { handlingUnder, type SystematicCandidate } from './systematic-candidates.js';
import type { SystematicFinding } from './try-systematic.js';

/** From so many suspects on nothing that explains all of them is an accident. */
const beyondAccident = 8;

/** Stretches of keys with more events are not gone through again: what was tried of them anyway has to do. */
const goneThroughUpTo = 40;

/**
 * True where a statement about many events may explain its suspects by accident, while in truth each of them holds some
 * wrong result: the handlings of the same kinds hit states like the recorded ones too often, in all suspects together.
 */
export async function isPerhapsAccident(
  { explained }: SystematicFinding,
  candidates: readonly SystematicCandidate[],
  folding: Folding,
  budget: CallBudget,
): Promise<boolean> {
  if (explained.size >= beyondAccident) return false;
  let chance = 1;
  for (const suspect of explained.keys()) {
    chance *= await chanceOfHit(suspect, candidates, folding, budget);
    if (chance <= mostChance) return false;
  }
  return true;
}

/** How likely one of the handlings leads a suspect to states like the recorded ones; 1 where too few calls are left. */
async function chanceOfHit(
  suspect: Suspect,
  candidates: readonly SystematicCandidate[],
  folding: Folding,
  budget: CallBudget,
): Promise<number> {
  const outcomes = new Set<string>();
  let tried = 0;
  let hits = 0;
  for (const handling of handlingsOf(suspect, candidates)) {
    const result = await foldOtherwise(suspect, handling, folding, budget, (states) => {
      outcomes.add(JSON.stringify([...states]));
    });
    if (result === 'no-budget') return 1;
    tried++;
    if (typeof result === 'number') hits++;
  }
  const recorded: ComparableStates = suspect.checks[suspect.decisive]?.recorded ?? new Map<string, string | null>();
  const all = [...outcomes].map((text) => new Map(JSON.parse(text) as [string, string | null][]));
  // A state at which many ways end, such as a limit, is one at which wrong results end too.
  const share = hits / Math.max(1, tried);
  return Math.min(1, Math.max(share, chanceOfAccident(rightOutcome(suspect, folding.instance), recorded, all)));
}

/** What the statements come to for a suspect, and stretches of its events missed or repeated; each handling once. */
function* handlingsOf(suspect: Suspect, candidates: readonly SystematicCandidate[]): Iterable<OtherHandling> {
  const { events, first, end } = suspect;
  const seen = new Set<string>();
  const own = events.slice(first, end);
  const stretches = (own.length > goneThroughUpTo ? [] : own).flatMap((_, from) =>
    own.slice(from).flatMap((__, length) => {
      const within = new Set(own.slice(from, from + length + 1));
      return (['missed', 'twice'] as const).map((kind): SystematicCandidate => ({
        kind,
        property: '',
        holds: (event) => within.has(event),
        repeats: 'stretch',
        complexity: 0,
      }));
    }),
  );
  for (const candidate of [...stretches, ...candidates]) {
    const handling = handlingUnder(candidate, suspect);
    if (handling === null) continue;
    const name = JSON.stringify(handling.sequence);
    if (seen.has(name)) continue;
    seen.add(name);
    yield handling;
  }
}
