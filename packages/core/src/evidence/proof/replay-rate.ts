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

/** What the beginning of a recovery needed that was cut short and thrown away. */
export interface TimedSample {
  readonly events: number;
  /** From the first commit to the last one: without what any run needs to begin. */
  readonly ms: number;
  /** From its beginning to the first commit. */
  readonly startMs: number;
  /** Events a second of the fastest and of the slowest of its parts; absent where it was too short to have several. */
  readonly fastest?: number;
  readonly slowest?: number;
}

/** What is expected of a run, by the last ones of the same worker on this machine, else by a sample. */
export interface ExpectedRun {
  readonly eventsPerSecond: number;
  readonly durationMs: number;
  /** By the fastest and by the slowest of what was measured; absent where there is only one measurement. */
  readonly fastestMs?: number;
  readonly slowestMs?: number;
  readonly diskBytes?: number;
  readonly memoryBytes?: number;
  /** So many runs were measured; absent where none was, and a sample stands for them. */
  readonly runs?: number;
  /** So many events the sample had; absent where runs were measured. */
  readonly sampledEvents?: number;
}

/** What was measured on this machine, by the hash of the worker; it makes estimates of durations, nothing else. */
interface EvidenceFile {
  readonly format_version: 1;
  /** The last runs, the newest last; absent in what an early version wrote. */
  readonly runs?: Readonly<Record<string, readonly MeasuredRun[]>>;
  readonly samples?: Readonly<Record<string, TimedSample>>;
}

const file = 'evidence.json';
const keptRuns = 8;

/** Keeps what a run needed for the next expectation. */
export function noteRun(store: string, workerHash: string, run: MeasuredRun): void {
  const { samples, runs: known } = read(store);
  const runs = { ...known, [workerHash]: [...(known?.[workerHash] ?? []), run].slice(-keptRuns) };
  writeNote<EvidenceFile>(store, file, { format_version: 1, ...(samples !== undefined && { samples }), runs });
}

/** Keeps what a sample needed, for as long as no run tells more. */
export function noteSample(store: string, workerHash: string, sample: TimedSample): void {
  const { runs, samples: known } = read(store);
  const samples = { ...known, [workerHash]: sample };
  writeNote<EvidenceFile>(store, file, { format_version: 1, ...(runs !== undefined && { runs }), samples });
}

/**
 * What a run over so many events is expected to need; null where nothing was measured that tells of as many. What a proof of
 * snapshots takes tells nothing: it stores nothing, and may apply a single event.
 */
export function expectRun(store: string, workerHash: string, events: number): ExpectedRun | null {
  const { runs: all, samples } = read(store);
  const runs = (all?.[workerHash] ?? []).filter((run) => tellsOf(run, events));
  if (runs.length > 0) return expectedByRuns(runs, events);
  const sample = samples?.[workerHash];
  return sample === undefined || !tellsOf(sample, events) ? null : expectedBySample(sample, events);
}

const shortMs = 1000;
/** What was measured for less than that is believed for so many times its events. */
export const mostLonger = 10;

/**
 * Whether what was measured tells of so many events. A short measurement is mostly about how a run begins: taken for its rate, it
 * made minutes of what lasts a second. So it tells of little more than itself.
 */
function tellsOf(measured: { readonly events: number; readonly ms: number }, events: number): boolean {
  if (measured.events === 0) return false;
  return measured.ms >= shortMs || events <= measured.events * mostLonger;
}

function expectedByRuns(runs: readonly MeasuredRun[], events: number): ExpectedRun {
  const rates = runs.map(rateOf);
  const eventsPerSecond = median(rates);
  const msAt = (rate: number): number => Math.round((events / rate) * 1000);
  const perEvent = runs.flatMap((run) => (run.diskBytes === null ? [] : [run.diskBytes / run.events]));
  return {
    eventsPerSecond: rounded(eventsPerSecond),
    durationMs: msAt(eventsPerSecond),
    ...(runs.length > 1 && { fastestMs: msAt(Math.max(...rates)), slowestMs: msAt(Math.min(...rates)) }),
    ...(perEvent.length > 0 && { diskBytes: Math.round(events * Math.max(...perEvent)) }),
    memoryBytes: Math.max(...runs.map(({ memoryBytes }) => memoryBytes)),
    runs: runs.length,
  };
}

function expectedBySample(sample: TimedSample, events: number): ExpectedRun {
  const { startMs, fastest, slowest } = sample;
  const eventsPerSecond = rateOf(sample);
  const msAt = (rate: number): number => Math.round(startMs + (events / rate) * 1000);
  return {
    eventsPerSecond: rounded(eventsPerSecond),
    durationMs: msAt(eventsPerSecond),
    ...(fastest !== undefined && slowest !== undefined && { fastestMs: msAt(fastest), slowestMs: msAt(slowest) }),
    sampledEvents: sample.events,
  };
}

function read(store: string): Omit<EvidenceFile, 'format_version'> {
  return readNote<EvidenceFile>(store, file) ?? {};
}

function rateOf({ events, ms }: { readonly events: number; readonly ms: number }): number {
  return (events / Math.max(1, ms)) * 1000;
}

/** A slow worker has a rate below one. */
function rounded(rate: number): number {
  return Math.round(rate * 100) / 100;
}

function median(rates: readonly number[]): number {
  const sorted = [...rates].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
