import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import {
  adoptReplayInputs,
  localControl,
  partitionKey,
  superviseReplay,
  type EventLog,
  type ForcedQuarantine,
  type Job,
  type LogLocator,
  type LongWork,
  type ProgressReport,
  type RecordedRanks,
  type WatchedPartitions,
} from '@eventmend/core';
import type { ReplaySituation } from '../replay-situation.js';
import { eventTimeoutOf, locateReplay } from './locate-replay.js';

/** Modules of this package that run in a thread of their own, by their names among its imports. */
type JobName =
  | '#check-job'
  | '#diagnose-job'
  | '#explain-states-job'
  | '#live-replay-job'
  | '#order-sensitivity-job'
  | '#prove-job'
  | '#scope-job'
  | '#verify-job';

/** What a job reads of a situation, open in this thread. */
export interface JobInputs {
  readonly situation: ReplaySituation;
  readonly survey: { readonly logs: readonly { readonly log: EventLog }[] };
  readonly recorded: RecordedRanks | null;
}

interface LocatedSource {
  readonly locator?: LogLocator;
}

/** A job, what it is asked, and how it is watched. */
export interface JobRun<Request, Sources, Result> {
  readonly name: JobName;
  /** The default export of that module. */
  readonly job: Job<Request, Sources, Result>;
  /** What it is asked, given the events to park without asking the worker. */
  readonly request: (parked: readonly ForcedQuarantine[]) => Request;
  readonly sources: Sources;
  readonly spec: WatchedPartitions;
  readonly phase: ProgressReport['phase'];
  /** Events of that phase. */
  readonly total: number;
  /** The phase that the events behind those belong to; nobody knows how many there will be. */
  readonly phaseBehind?: ProgressReport['phase'];
  /** Memory for what dies young, where the job makes much of it. */
  readonly youngGenerationMb?: number;
}

/**
 * Runs a job in a supervised thread wherever everything that it reads can be opened there. Else in this one, where nobody
 * can end an event that does not come back.
 * @throws RecoveryError EM3003 for an event that does not end; whatever the job throws
 */
export async function runJob<Request, Sources extends Readonly<Record<keyof Sources, LocatedSource | null>>, Result>(
  { situation, survey, recorded }: JobInputs,
  run: JobRun<Request, Sources, Result>,
  work: LongWork,
): Promise<Result> {
  const onProgress = ({ handled, quarantined }: { handled: number; quarantined: number }): void => {
    work.onProgress?.(progressOf(run, handled, quarantined));
  };
  const signal = work.signal === undefined ? {} : { signal: work.signal };
  const eventTimeoutMs = eventTimeoutOf(situation);
  const logs = survey.logs.map(({ log }) => log);
  const locators = locateReplay(situation, logs);
  const sources = locateSources(run.sources);
  if (locators === null || sources === null) {
    const { worker, references } = situation;
    const inputs = await adoptReplayInputs(logs, worker, references, recorded, eventTimeoutMs);
    try {
      return await run.job(run.request([]), inputs, run.sources, localControl({ onProgress, ...signal }));
    } finally {
      await inputs.close();
    }
  }
  const parked: ForcedQuarantine[] = [];
  return superviseReplay<Result>({
    module: pathToFileURL(createRequire(import.meta.url).resolve(run.name)).href,
    request: () => run.request([...parked]),
    locators,
    sources,
    spec: run.spec,
    eventTimeoutMs,
    onObservation: onProgress,
    ...signal,
    ...(run.youngGenerationMb === undefined ? {} : { youngGenerationMb: run.youngGenerationMb }),
    park: (event) => !parked.some((earlier) => isSame(earlier, event)) && parked.push(event) > 0,
  });
}

/** Null where one of them lives in this thread's memory only. */
function locateSources(sources: Readonly<Record<string, LocatedSource | null>>) {
  const located: Record<string, LogLocator | null> = {};
  for (const [name, source] of Object.entries(sources)) {
    if (source !== null && source.locator === undefined) return null;
    located[name] = source?.locator ?? null;
  }
  return located;
}

function progressOf<Request, Sources, Result>(
  { phase, total, phaseBehind }: JobRun<Request, Sources, Result>,
  done: number,
  quarantined: number,
): ProgressReport {
  if (phaseBehind !== undefined && done > total) {
    return { phase: phaseBehind, done: done - total, total: 0, quarantined };
  }
  return { phase, done: Math.min(done, total), total, quarantined };
}

function isSame(one: ForcedQuarantine, other: ForcedQuarantine): boolean {
  return one.offset === other.offset && partitionKey(one.partition) === partitionKey(other.partition);
}
