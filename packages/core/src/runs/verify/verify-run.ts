import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { Verification } from '../../model/strategy/verification.js';

/**
 * Verifies a run: reads every row that it stored against its hash, derives the result again by the plain implementation
 * from the root, and holds both against each other. Writes the verification and the report's new verdict. Where a fleet has
 * derived its tasks again, what they came to is joined.
 */
export async function verifyRun(situation: RecoveryInputs, runId: string, work: LongWork): Promise<Verification> {
  // Planning and recovering, which a strategy does besides, need none of it: loaded on use.
  const { verifyInFull } = await import('./verify-in-full.js');
  return verifyInFull(situation, runId, work);
}
