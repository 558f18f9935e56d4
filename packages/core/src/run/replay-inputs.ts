import type { EventLog, LogLocator } from '../log/event-log.js';
import type { RecordedRanks } from '../order/order-values.js';
import { createWorkerInstance } from '../worker/create-worker-instance.js';
import { loadWorkerModule } from '../worker/load-worker-module.js';
import { openReferenceTables } from '../worker/open-reference-tables.js';
import type { WorkerInstance } from '../worker/worker-instance.js';
import type { ReferenceFiles, WorkerSource } from '../worker/worker-source.js';

/** What has to be opened for a replay, as plain data that a thread can be given. */
export interface ReplayLocators {
  readonly worker: string;
  readonly references: ReferenceFiles;
  readonly logs: readonly LogLocator[];
  /** The file of the recorded order and where its index lies, where the order is a recorded one. */
  readonly recorded: { readonly file: string; readonly index: string; readonly module: string } | null;
}

/** The opened inputs of a replay: the log, the worker ready to be called, the recorded order. */
export interface ReplayInputs {
  readonly logs: readonly EventLog[];
  readonly instance: WorkerInstance;
  readonly recorded: RecordedRanks | null;
  close(): void;
}

/** Opens everything anew in this thread. */
export async function openReplayInputs(locators: ReplayLocators): Promise<ReplayInputs> {
  const logs: EventLog[] = [];
  try {
    for (const locator of locators.logs) {
      const { default: open } = (await import(locator.module)) as {
        default: (options: unknown) => EventLog | Promise<EventLog>;
      };
      logs.push(await open(locator.options));
    }
    const worker = await loadWorkerModule(locators.worker);
    const lookups = await openReferenceTables(worker, locators.references);
    const recorded = locators.recorded === null ? null : await openRecorded(locators.recorded);
    return {
      logs,
      instance: createWorkerInstance(worker, { lookups, replaying: true }),
      recorded,
      close: () => {
        for (const log of logs) log.close();
        recorded?.close();
      },
    };
  } catch (error) {
    for (const log of logs) log.close();
    throw error;
  }
}

/** Uses logs and worker that are open in this thread already; they stay open. */
export async function adoptReplayInputs(
  logs: readonly EventLog[],
  source: WorkerSource,
  references: ReferenceFiles,
  recorded: RecordedRanks | null,
): Promise<ReplayInputs> {
  const worker = source.kind === 'definition' ? source.worker : await loadWorkerModule(source.url);
  const lookups = await openReferenceTables(worker, references);
  return {
    logs,
    instance: createWorkerInstance(worker, { lookups, replaying: true }),
    recorded,
    close: () => undefined,
  };
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
