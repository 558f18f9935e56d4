import type { Plan } from '../plan/plan.js';
import type { StrategyName } from '../plan/strategy-name.js';
import type { Assessment } from './assessment.js';
import type { Run } from './run.js';
import type { Verification } from './verification.js';

export interface ProgressReport {
  readonly phase:
    | 'scan'
    | 'prove'
    | 'replay'
    | 'verify'
    | 'export'
    | 'import'
    | 'rewrite'
    | 'save'
    | 'diagnose'
    | 'explain'
    | 'compare'
    | 'publish';
  readonly done: number;
  /** 0 where nobody knows how much there is to do. */
  readonly total: number;
  readonly quarantined: number;
}

/** What every long verb takes: a way to say how far it is, and a way to be stopped cleanly. */
export interface LongWork {
  readonly onProgress?: (progress: ProgressReport) => void;
  readonly signal?: AbortSignal;
}

/** What an assessment takes. */
export interface AssessWork extends LongWork {
  /** Also find out what takes as long as reading all events; false where absent. */
  readonly deep?: boolean;
}

/** A strategy for one incident: the four verbs that every strategy has, over what it was given of the incident. */
export interface Strategy<PlanOptions> {
  readonly name: StrategyName;
  /** What the strategy could bring back, from what is known already. */
  assess(work?: AssessWork): Promise<Assessment>;
  plan(options?: PlanOptions, work?: LongWork): Promise<Plan>;
  /**
   * Begins the run of a plan, or goes on with it where it was left. Without a plan it makes one with the incident's own
   * choices and carries that out.
   */
  recover(plan?: Plan, work?: LongWork): Promise<Run>;
  /** Derives the result of a run again and says what agrees, what does not, and what was not checked. */
  verify(run: { readonly runId: string }, work?: LongWork): Promise<Verification>;
}
