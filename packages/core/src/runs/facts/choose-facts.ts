import type { FactVerdict } from './fact-trial.js';

/** Of the states that are known a source must have so many right, or none of its facts is used. */
const leastAgreement = 0.99;

export interface FactAgreement {
  /** Facts about states that the log gives, or an earlier fact of the source and the log behind it. */
  readonly known: number;
  readonly agreeing: number;
}

export const nothingKnown: FactAgreement = { known: 0, agreeing: 0 };

export function agreementOf(verdicts: readonly FactVerdict[]): FactAgreement {
  const count = (wanted: FactVerdict): number => verdicts.filter((verdict) => verdict === wanted).length;
  const agreeing = count('agrees');
  return { known: agreeing + count('differs'), agreeing };
}

/** False for a source that is wrong too often about what is known. Where nothing is known, nothing speaks against it. */
export function isBelieved({ known, agreeing }: FactAgreement): boolean {
  return agreeing >= known * leastAgreement;
}
