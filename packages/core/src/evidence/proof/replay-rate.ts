import { readNote, writeNote } from './store-note.js';

/** What a run needed, to expect of the next one. */
export interface MeasuredRun {
  /** Events that it applied. */
  readonly events: number;
  readonly ms: number;
  /** What its plan expected; null where nothing was measured before. */
  readonly expectedMs: number | null;
  /** Size of its database; null where the run was resumed, and holds more than these events. */
  readonly diskBytes: number | null;
  /** The most memory that the process had until its end. */
  readonly memoryBytes: number;
}

/** What is expected of a run, by the last ones of the same worker on this machine. */
export interface ExpectedRun {
  readonly eventsPerSecond: number;
  readonly durationMs: number;
  /** By the fastest and by the slowest of the last runs; absent where fewer than two were measured. */
  readonly fastestMs?: number;
  readonly slowestMs?: number;
  readonly diskBytes?: number;
  readonly memoryBytes?: number;
  /** So many runs were measured. */
  readonly runs: number;
}

/** Rates that were measured on this machine, by the hash of the worker; they make estimates of durations, nothing else. */
interface EvidenceFile {
  readonly format_version: 1;
  readonly eventsPerSecond: Readonly<Record<string, number>>;
  /** The last runs, the newest last; absent in what an earlier version wrote. */
  readonly runs?: Readonly<Record<string, readonly MeasuredRun[]>>;
}

const file = 'evidence.json';
const keptRuns = 8;

/** Events a second of the last runs in the middle, else of the last proof; null where none was measured. */
export function readEvidence(store: string, workerHash: string): number | null {
  const note = readNote<EvidenceFile>(store, file);
  const rates = (note?.runs?.[workerHash] ?? []).map(rateOf);
  return rates.length > 0 ? median(rates) : (note?.eventsPerSecond[workerHash] ?? null);
}

export function writeEvidence(store: string, workerHash: string, eventsPerSecond: number): void {
  const known = readNote<EvidenceFile>(store, file);
  writeNote<EvidenceFile>(store, file, {
    format_version: 1,
    eventsPerSecond: { ...known?.eventsPerSecond, [workerHash]: eventsPerSecond },
    ...(known?.runs !== undefined && { runs: known.runs }),
  });
}

/** Keeps what a run needed for the next expectation. */
export function noteRun(store: string, workerHash: string, run: MeasuredRun): void {
  writeEvidence(store, workerHash, Math.round(rateOf(run)));
  const known = readNote<EvidenceFile>(store, file);
  const runs = [...(known?.runs?.[workerHash] ?? []), run].slice(-keptRuns);
  writeNote<EvidenceFile>(store, file, {
    format_version: 1,
    eventsPerSecond: known?.eventsPerSecond ?? {},
    runs: { ...known?.runs, [workerHash]: runs },
  });
}

/** What a run over so many events is expected to need; null where no run of this worker was measured. */
export function expectRun(store: string, workerHash: string, events: number): ExpectedRun | null {
  const runs = readNote<EvidenceFile>(store, file)?.runs?.[workerHash] ?? [];
  if (runs.length === 0) return null;
  const rates = runs.map(rateOf);
  const eventsPerSecond = median(rates);
  const msAt = (rate: number): number => Math.round((events / rate) * 1000);
  const perEvent = runs.flatMap((run) => (run.diskBytes === null ? [] : [run.diskBytes / run.events]));
  return {
    eventsPerSecond,
    durationMs: msAt(eventsPerSecond),
    ...(runs.length > 1 && { fastestMs: msAt(Math.max(...rates)), slowestMs: msAt(Math.min(...rates)) }),
    ...(perEvent.length > 0 && { diskBytes: Math.round(events * Math.max(...perEvent)) }),
    memoryBytes: Math.max(...runs.map(({ memoryBytes }) => memoryBytes)),
    runs: runs.length,
  };
}

function rateOf({ events, ms }: MeasuredRun): number {
  return (events / Math.max(1, ms)) * 1000;
}

function median(rates: readonly number[]): number {
  const sorted = [...rates].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor((sorted.length - 1) / 2)] ?? 0);
}
