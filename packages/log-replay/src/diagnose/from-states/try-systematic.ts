import type { RunControl } from '@eventmend/core/engine';
import type { CallBudget } from './call-budget.js';
import { foldOtherwise, type Folding } from './fold-otherwise.js';
import { nameOfAccusations } from './single-faults.js';
import type { Suspect } from './suspect.js';
import { accusationsUnder, handlingUnder, type SystematicCandidate } from './systematic-candidates.js';

/** What one statement about many events does to the keys. */
export interface SystematicFinding {
  readonly candidate: SystematicCandidate;
  /** Names of the accusations that it comes to, by what it explains. */
  readonly explained: ReadonlyMap<Suspect, string>;
  /** Events of the suspects that it is about. */
  readonly events: number;
  readonly healthyKept: number;
  /** Properties that come to the very same. */
  readonly also: readonly string[];
}

/** One in ten of what it touches may be wrong for another reason besides. */
const toleratedShare = 0.1;
const maxFindings = 20;

/**
 * Tries each statement on all suspects and healthy keys. One that breaks a healthy key, or fails for more than a tenth of
 * the suspects that it touches, is dropped. The one that explains most comes first, then the simplest.
 */
export async function trySystematic(
  candidates: readonly SystematicCandidate[],
  suspects: readonly Suspect[],
  healthy: readonly Suspect[],
  folding: Folding,
  budget: CallBudget,
  control: RunControl,
): Promise<readonly SystematicFinding[]> {
  const findings = new Map<string, SystematicFinding>();
  const simplestFirst = [...candidates].sort(
    (a, b) => a.complexity - b.complexity || (a.property < b.property ? -1 : 1),
  );
  for (const candidate of simplestFirst) {
    if (control.stopRequested) break;
    const finding = await tryOne(candidate, suspects, healthy, folding, budget);
    if (finding === null) continue;
    const same = namesOf(finding, suspects);
    const known = findings.get(same);
    findings.set(same, known === undefined ? finding : { ...known, also: [...known.also, candidate.property] });
  }
  return [...findings.values()]
    .sort((a, b) => keysOf(b) - keysOf(a) || a.candidate.complexity - b.candidate.complexity)
    .slice(0, maxFindings);
}

/** Differing keys that a finding explains. */
export function keysOf({ explained }: SystematicFinding): number {
  let keys = 0;
  for (const suspect of explained.keys()) keys += suspect.keys.length;
  return keys;
}

async function tryOne(
  candidate: SystematicCandidate,
  suspects: readonly Suspect[],
  healthy: readonly Suspect[],
  folding: Folding,
  budget: CallBudget,
): Promise<SystematicFinding | null> {
  const touched = suspects.filter(({ events, first, end }) => events.slice(first, end).some(candidate.holds));
  const explained = new Map<Suspect, string>();
  let failed = 0;
  let events = 0;
  for (const suspect of touched) {
    const handling = handlingUnder(candidate, suspect);
    if (handling === null) continue;
    const result = await foldOtherwise(suspect, handling, folding, budget);
    if (result === 'no-budget') return null;
    if (typeof result === 'number') explained.set(suspect, nameOfAccusations(accusationsUnder(candidate, suspect)));
    else if (++failed > touched.length * toleratedShare) return null;
    events += handling.altered.length;
  }
  if (explained.size === 0) return null;
  let healthyKept = 0;
  for (const key of healthy) {
    const handling = handlingUnder(candidate, key);
    if (handling === null) continue;
    const result = await foldOtherwise(key, handling, folding, budget);
    if (result === 'no-budget' || result === 'does-not') return null;
    if (typeof result === 'number') healthyKept++;
  }
  return { candidate, explained, events, healthyKept, also: [] };
}

function namesOf({ explained, candidate }: SystematicFinding, suspects: readonly Suspect[]): string {
  const names = [...explained].map(([suspect, name]) => `${suspects.indexOf(suspect)}: ${name}`);
  return JSON.stringify([candidate.kind, candidate.repeats === 'stretch' && candidate.kind === 'twice', names]);
}
