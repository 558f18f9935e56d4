import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RightAndWrong } from '../compare/score-recovery.js';
import type { DrillReport } from './drill-report.js';
import type { DrillMix } from './drill-mix.js';
import { bestOf, type DrillBreach } from './judge-drill.js';

/** One drill, as the history keeps it. */
export interface PastDrill {
  readonly format_version: 1;
  /** When it was made, in milliseconds since 1970, as the caller says; null where he does not. For people. */
  readonly at: number | null;
  readonly seed: number;
  readonly mix: DrillMix;
  readonly likeIncident: number | null;
  readonly worker: { readonly version: string; readonly hash: string };
  readonly events: number;
  readonly planted: number;
  /** Null where nobody diagnosed, or could. */
  readonly found: number | null;
  readonly falseAlarms: number | null;
  readonly live: RightAndWrong | null;
  /** Of the best recovery; null where every strategy was refused. */
  readonly best: { readonly strategy: string; readonly keys: RightAndWrong } | null;
  /** Keys that any strategy called exact and that are wrong. */
  readonly calledExactAndWrong: number;
  readonly durationMs: number;
  readonly breaches: readonly DrillBreach[];
}

export function pastDrill(report: DrillReport, breaches: readonly DrillBreach[], at: number | null): PastDrill {
  const { seed, mix, likeIncident, worker, stretch, error, detection, live, strategies } = report;
  const best = bestOf(strategies);
  return {
    format_version: 1,
    at,
    seed,
    mix,
    likeIncident,
    worker: { version: worker.version, hash: worker.hash },
    events: stretch.events,
    planted: Object.values(error.planted).reduce((sum, count) => sum + count, 0),
    found: detection?.found ?? null,
    falseAlarms: detection?.falseAlarms ?? null,
    live,
    best: best?.keys == null ? null : { strategy: best.strategy, keys: best.keys },
    calledExactAndWrong: strategies.reduce((sum, { exact }) => sum + (exact?.wrong ?? 0), 0),
    durationMs: strategies.reduce((sum, { durationMs }) => sum + durationMs, 0),
    breaches,
  };
}

/** Where the drills of a store are made and remembered. */
export function drillsFolder(store: string): string {
  return join(store, 'drills');
}

/** Adds a drill to the history of a store. */
export function rememberDrill(store: string, past: PastDrill): void {
  const file = historyFile(store);
  mkdirSync(dirname(file), { recursive: true });
  // What was cut off by a crash ends in no line break, and must not take this one with it.
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const descriptor = openSync(file, 'a');
  try {
    writeSync(descriptor, `${before === '' || before.endsWith('\n') ? '' : '\n'}${JSON.stringify(past)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** All drills of a store, the first first; lines that were cut off are passed over. */
export function readDrillHistory(store: string): readonly PastDrill[] {
  const file = historyFile(store);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line): PastDrill[] => {
      try {
        const past = JSON.parse(line) as PastDrill;
        return (past.format_version as number) === 1 ? [past] : [];
      } catch {
        return [];
      }
    });
}

function historyFile(store: string): string {
  return join(drillsFolder(store), 'history.ndjson');
}
