import type { Suspect } from './suspect.js';
import { keysOf, type SystematicFinding } from './try-systematic.js';

/** What the statements about many events decide. */
export interface SystematicChoice {
  /** Suspects that one statement explains together with others, and none of its rivals otherwise. */
  readonly chosen: ReadonlyMap<Suspect, SystematicFinding>;
  /** Suspects that several statements explain, each in its own way. */
  readonly contested: ReadonlyMap<Suspect, readonly SystematicFinding[]>;
}

/** A statement that explains at least this share of what the best one does is a rival of it. */
const rivalShare = 0.5;

/**
 * A statement that explains several suspects at once is better than as many faults that have nothing to do with each
 * other. One that explains a single suspect is no better than a fault of that suspect alone, and left to its judgement.
 * @param findings the best first
 */
export function chooseSystematic(findings: readonly SystematicFinding[]): SystematicChoice {
  const chosen = new Map<Suspect, SystematicFinding>();
  const contested = new Map<Suspect, readonly SystematicFinding[]>();
  for (const finding of findings) {
    if (finding.explained.size < 2) continue;
    for (const [suspect, name] of finding.explained) {
      if (chosen.has(suspect) || contested.has(suspect)) continue;
      const rivals = findings.filter((other) => {
        const otherwise = other.explained.get(suspect);
        return otherwise !== undefined && otherwise !== name && keysOf(other) >= keysOf(finding) * rivalShare;
      });
      if (rivals.length === 0) chosen.set(suspect, finding);
      else contested.set(suspect, [finding, ...rivals]);
    }
  }
  return { chosen, contested };
}
