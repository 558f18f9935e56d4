import type { RunReport } from '@eventmend/core';
import { formatCount, formatDuration, shortDigest } from '../terminal/format.js';
import type { TerminalStyle, Paint } from '../terminal/terminal-style.js';
import { table, type Cell } from '../terminal/table.js';
import { describeVerdict } from './render-run.js';

const statusPaint: Record<RunReport['status'], Paint> = {
  running: 'warn',
  interrupted: 'warn',
  failed: 'bad',
  recovered: 'good',
  verified: 'good',
  mismatch: 'bad',
};

/** The runs of a store. */
export function renderRuns(runs: readonly RunReport[], unreported: readonly string[], style: TerminalStyle): string[] {
  if (runs.length + unreported.length === 0) return ['No runs yet.'];
  return table(
    [
      { title: 'Run' },
      { title: 'Status' },
      { title: 'Verdict', wrap: true },
      { title: 'Keys', align: 'right' },
      { title: 'Outputs', align: 'right' },
      { title: 'State' },
      { title: 'Took', align: 'right' },
    ],
    [...unreported.map((runId) => [runId, { text: 'interrupted', paint: 'warn' } as const]), ...runs.map(rowOf)],
    style,
  );
}

function rowOf(run: RunReport): Cell[] {
  return [
    run.runId,
    { text: run.status, paint: statusPaint[run.status] },
    run.status === 'recovered' || run.status === 'verified' || run.status === 'mismatch'
      ? describeVerdict(run.verdict)
      : '',
    formatCount(run.stateKeys),
    formatCount(run.outputs),
    shortDigest(run.stateDigest),
    formatDuration(run.elapsedMs),
  ];
}
