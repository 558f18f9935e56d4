import type { EventLog, LogLocator } from '../../model/log/event-log.js';
import { openLogsAhead } from '../read-ahead/open-logs-ahead.js';
import type { ReadAheadOptions } from '../read-ahead/reading-link.js';
import { openLocator } from '../../sources/log/open-locator.js';
import type { RecordedRanks } from '../../model/order/recorded-ranks.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import { startBlockRecorder, type BlockRecorder } from '../../worker/blocks/block-recorder.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';
import type { ReferenceFiles, WorkerLocator, WorkerSource } from '../../worker/worker-source.js';

/** What has to be opened for a replay, as plain data that a thread can be given. */
export interface ReplayLocators {
  readonly worker: WorkerLocator;
  readonly references: ReferenceFiles;
  readonly logs: readonly LogLocator[];
  /** The file of the recorded order and where its index lies, where the order is a recorded one. */
  readonly recorded: { readonly file: string; readonly index: string; readonly module: string } | null;
  /** The time limit of an event, which a worker process is held to by whoever talks to it. */
  readonly eventTimeoutMs?: number;
  /** Read in a thread of its own, ahead of the one that handles the events. */
  readonly readAhead?: ReadAheadOptions;
  /** Record which blocks of the worker's code run, where it is a module. */
  readonly recordBlocks?: boolean;
}

/** The opened inputs of a replay: the log, the worker ready to be called, the recorded order. */
export interface ReplayInputs {
  readonly logs: readonly EventLog[];
  readonly instance: OpenWorker;
  readonly recorded: RecordedRanks | null;
  /** Which blocks of the worker's code run; null or absent where that is not recorded. */
  readonly blocks?: BlockRecorder | null;
  close(): Promise<void>;
}

/** Opens everything anew in this thread, or the logs in one that reads ahead. */
export async function openReplayInputs(locators: ReplayLocators): Promise<ReplayInputs> {
  const logs = await openLogs(locators);
  try {
    const recorded = locators.recorded === null ? null : await openRecorded(locators.recorded);
    const { worker } = locators;
    const blocks =
      locators.recordBlocks === true && worker.kind === 'module' ? await startBlockRecorder(worker.url) : null;
    const instance = await openWorker(worker, locators.references, locators.eventTimeoutMs);
    blocks?.loaded();
    return {
      logs,
      instance,
      recorded,
      blocks,
      close: () => {
        blocks?.close();
        for (const log of logs) log.close();
        recorded?.close();
        return instance.close();
      },
    };
  } catch (error) {
    for (const log of logs) log.close();
    throw error;
  }
}

async function openLogs({ logs: locators, readAhead }: ReplayLocators): Promise<readonly EventLog[]> {
  if (readAhead !== undefined) return openLogsAhead(locators, readAhead);
  const logs: EventLog[] = [];
  try {
    for (const locator of locators) logs.push(await openLocator(locator));
    return logs;
  } catch (error) {
    for (const log of logs) log.close();
    throw error;
  }
}

/** Uses logs that are open in this thread already and stay open; `close` ends what was started for the worker. */
export async function adoptReplayInputs(
  logs: readonly EventLog[],
  source: WorkerSource,
  references: ReferenceFiles,
  recorded: RecordedRanks | null,
  eventTimeoutMs?: number,
): Promise<ReplayInputs> {
  const instance = await openWorker(source, references, eventTimeoutMs);
  return { logs, instance, recorded, close: () => instance.close() };
}

interface OpenRecordedOrder extends RecordedRanks {
  close(): void;
}

// SQLite is an optional peer: the module that needs it is only loaded where an order was recorded.
async function openRecorded(recorded: NonNullable<ReplayLocators['recorded']>): Promise<OpenRecordedOrder> {
  const { openRecordedOrder } = (await import(recorded.module)) as {
    openRecordedOrder: (file: string, index: string) => Promise<OpenRecordedOrder>;
  };
  return openRecordedOrder(recorded.file, recorded.index);
}
