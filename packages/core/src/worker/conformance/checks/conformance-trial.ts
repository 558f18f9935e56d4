import type { CheckFinding } from '../conformance-report.js';
import type { Trial } from '../trial.js';

/** Tries one thing. Throws what the process broke with; the caller makes a failure of it. */
export type ConformanceTrial = (trial: Trial) => Promise<CheckFinding>;
