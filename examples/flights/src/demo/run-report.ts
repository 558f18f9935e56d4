/** The parts of `eventmend runs --json` that the demo shows. */
export interface ShownRun {
  readonly runId: string;
  readonly planId: string;
  readonly status: 'running' | 'interrupted' | 'failed' | 'recovered' | 'verified' | 'mismatch';
  readonly verdict: { readonly verdict: string; readonly missing?: readonly string[]; readonly reason?: string };
  readonly fidelity: { readonly overall: string; readonly keys: Readonly<Record<string, number>> };
  readonly totals: {
    readonly offsets: number;
    readonly applied: number;
    readonly skipped: Readonly<Record<string, number>>;
    readonly quarantined: number;
    readonly unavailable: number;
  };
  readonly stateKeys: number;
  readonly outputs: number;
  readonly live: { readonly compared: boolean; readonly reason: string | null; readonly differing: number } | null;
}

/** The run of a plan in `eventmend runs --json`. */
export function runOfPlan(json: string, planId: string): ShownRun | null {
  const { runs } = JSON.parse(json) as { readonly runs: readonly ShownRun[] };
  return runs.find((run) => run.planId === planId) ?? null;
}

/** Whether the plan of this run is used up; an unfinished run goes on when its plan is given again. */
export function isFinished({ status }: ShownRun): boolean {
  return status === 'recovered' || status === 'verified' || status === 'mismatch';
}
