import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { adoptReplayInputs } from '../../engine/replay/replay-inputs.js';
import { localControl } from '../../engine/replay/execute-replay.js';
import { partitionKey } from '../../model/log/partition-id.js';
import { superviseReplay, type WatchedPartitions } from '../../engine/replay/supervise-replay.js';
import type { EventLog, LogLocator } from '../../model/log/event-log.js';
import type { ForcedQuarantine } from '../../engine/store/run-store.js';
import type { Job } from '../../engine/threads/job-thread.js';
import type { LongWork, ProgressReport } from '../../model/strategy/strategy.js';
import type { RecordedRanks } from '../../model/order/recorded-ranks.js';
import type { RecoveryInputs } from './recovery-inputs.js';
import { eventTimeoutOf, locateReplay } from './locate-replay.js';

/**
 * The URL of a module that runs in a thread of its own, by its name among the imports of the package that asks: it is the
 * built file wherever that package runs from.
 * @param here `import.meta.url` of the module that asks
 */
export function jobModule(here: string, name: `#${string}`): string {
  return pathToFileURL(createRequire(here).resolve(name)).href;
}

/** What a job reads of a situation, open in this thread. */
export interface JobInputs {
  readonly situation: RecoveryInputs;
  readonly survey: { readonly logs: readonly { readonly log: EventLog }[] };
  readonly recorded: RecordedRanks | null;
}

interface LocatedSource {
  readonly locator?: LogLocator;
}

/** A job, what it is asked, and how it is watched. */
export interface JobRun<Request, Sources, Result> {
  /** URL of the job's module. */
  readonly module: string;
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
  /** Record which blocks of the worker's code run, where the job has a thread of its own. */
  readonly recordBlocks?: boolean;
  /** Memory for what dies young, where the job makes much of it. */
  readonly youngGenerationMb?: number;
}

/**
 * Runs a job in a supervised thread wherever everything that it reads can be opened there. Else in this one, where
 * nobody can end an event that does not come back.
 * @throws RecoveryError `worker-timeout` for an event that does not end; whatever the job throws
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
    module: run.module,
    request: () => run.request([...parked]),
    locators: run.recordBlocks === true ? { ...locators, recordBlocks: true } : locators,
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
