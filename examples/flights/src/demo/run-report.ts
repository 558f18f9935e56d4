/** The parts of `eventmend runs --json` that the demo shows. */
export interface ShownRun {
  readonly runId: string;
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

/** The latest run of `eventmend runs --json`. */
export function latestRun(json: string): ShownRun | null {
  const { runs } = JSON.parse(json) as { readonly runs: readonly ShownRun[] };
  return runs.at(-1) ?? null;
}
