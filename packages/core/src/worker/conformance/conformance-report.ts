/** What came of one check. `not-checked` says what was missing; it is no pass. */
export interface CheckFinding {
  readonly result: 'passed' | 'failed' | 'not-checked';
  /** What the process did; or why nothing could be told. */
  readonly got: string;
}

export interface ConformanceCheck extends CheckFinding {
  readonly name: ConformanceCheckName;
  /** What the protocol asks for. */
  readonly expected: string;
}

/** Whether a process follows the protocol, check by check. */
export interface ConformanceReport {
  /** No check failed. What was not checked is no failure, and no proof either. */
  readonly conforms: boolean;
  /** What the process says that it is; null where it does not get that far. */
  readonly worker: { readonly name: string; readonly version: string } | null;
  /** Where the events came from that it was tried with, and how many of them its handler took without a fault. */
  readonly events: { readonly from: 'made-up' | 'given'; readonly handled: number };
  readonly checks: readonly ConformanceCheck[];
}

export const conformanceCheckNames = [
  'hello',
  'unknown-members',
  'order',
  'keys-again',
  'own-keys',
  'batch-again',
  'split',
  'skip',
  'no-keys',
  'failing-event',
  'numbers',
  'texts',
  'depth',
  'strange-keys',
  'large-batch',
  'kept-states',
  'forgotten-states',
  'kept-failure',
  'stdout',
  'close',
  'end-of-input',
] as const;

export type ConformanceCheckName = (typeof conformanceCheckNames)[number];

export function passed(got: string): CheckFinding {
  return { result: 'passed', got };
}

export function failed(got: string): CheckFinding {
  return { result: 'failed', got };
}

export function notChecked(why: string): CheckFinding {
  return { result: 'not-checked', got: why };
}
