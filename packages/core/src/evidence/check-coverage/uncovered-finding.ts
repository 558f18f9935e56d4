import type { UncoveredPart } from '../../model/strategy/verification.js';

/** What a recovery relied on beyond its check. */
export interface UncoveredFinding {
  readonly parts: readonly UncoveredPart[];
  /** Keys whose states depend on what nobody reviewed. */
  readonly unproven: readonly string[];
  /** Keys that depend on reviewed parts alone. */
  readonly declared: readonly string[];
}
