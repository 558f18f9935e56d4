import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach } from 'vitest';
import { openNdjsonSnapshots, writeNdjsonSnapshot, type RunReport } from '@eventmend/core';
import { positionFromJson, type ReplayPlanOptions, type RecoveryInputs } from '@eventmend/core/engine';
import { businessIdHeader } from '@eventmend/core/rows';
import { openRunCatalogue } from '@eventmend/core/sqlite';
import { createArchiveWriter, openArchive } from '@eventmend/core/archive';
import { logReplay } from '@eventmend/log-replay';

/** One event of the small incidents that these tests play through. */
export interface FixtureEvent {
  readonly partition?: number;
  readonly offset?: number;
  readonly time?: number;
  readonly value: unknown;
  /** Business id, in the header where an import puts it. */
  readonly id?: string;
}

/** An event at a place of the log: the `n`th second, adding to the balance of its partition's only key. */
export const eventAt = (partition: number, offset: number, n: number, add = 1): FixtureEvent => ({
  partition,
  offset,
  time: epoch + n * 1000,
  value: { key: `k${partition}`, add, n },
});

/** An incident in a folder of its own, with a real archive, real snapshots and a worker module that threads load. */
export interface Fixture {
  readonly folder: string;
  readonly situation: RecoveryInputs;
  /** The situation with some of it otherwise. */
  but(part: Partial<RecoveryInputs>): RecoveryInputs;
  /** Writes another worker in the place of the first. */
  rewriteWorker(body: string): void;
  writeSnapshot(
    id: string,
    next: readonly number[],
    states: Readonly<Record<string, unknown>>,
    extra?: SnapshotExtra,
  ): Promise<void>;
  dispose(): void;
}

interface SnapshotExtra {
  readonly stateVersion?: number;
  /** Another folder than that of the snapshots. */
  readonly folder?: string;
  /** Without one, nobody knows what the service had read. */
  readonly positionKnown?: boolean;
}

export const epoch = Date.UTC(2026, 0, 1);

/** A worker whose result depends on the order: a balance that is cut off at zero. `more` goes in beside `evolve`. */
export function balanceWorker(more = '', evolve = ''): string {
  return `{
    name: 'balances', version: '1.0.0',
    key: (event) => event.value.key,
    initial: () => ({ balance: 0, seen: 0 }),
    outputs: { balance: { kind: 'latest' } },
    ${more}
    ${
      evolve === ''
        ? `evolve(state, event, context) {
      const balance = Math.max(0, state.balance + event.value.add);
      context.emit('balance', balance);
      return { balance, seen: state.seen + 1 };
    },`
        : evolve
    }
  }`;
}

function fixture(events: readonly FixtureEvent[], worker = balanceWorker()): Fixture {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-replay-'));
  const archive = join(folder, 'log.archive');
  writeEvents(archive, events);
  const module = join(folder, 'worker.mjs');
  const rewriteWorker = (body: string): void => {
    writeFileSync(
      module,
      `import { defineWorker, deleted } from '@eventmend/core';\nvoid deleted;\nexport default defineWorker(${body});\n`,
    );
  };
  rewriteWorker(worker);
  const situation: RecoveryInputs = {
    incident: { name: 'fixture', digest: '0'.repeat(64), onset: null, end: null },
    worker: { kind: 'module', url: pathToFileURL(module).href },
    logs: [{ log: openArchive(archive), as: 'archive' }],
    snapshots: null,
    trusted: [],
    live: null,
    order: { by: 'time', maxStepMs: 24 * 3600 * 1000 },
    poison: 'stop',
    references: {},
    store: join(folder, 'store'),
    tuning: { threads: 1, eventTimeoutMs: 2000 },
  };
  return {
    folder,
    situation,
    but: (part) => ({ ...situation, ...part }),
    rewriteWorker,
    writeSnapshot: async (id, next, states, extra = {}) => {
      const { stateVersion = 1, folder: name = 'snapshots', positionKnown = true } = extra;
      mkdirSync(join(folder, name), { recursive: true });
      const position = positionKnown
        ? positionFromJson(next.map((offset, partition) => ({ topic: 't', partition, next: String(offset) })))
        : null;
      await writeNdjsonSnapshot(join(folder, name, `${id}.ndjson`), {
        id,
        takenAt: null,
        worker: null,
        stateVersion,
        position,
        rows: Object.entries(states).map(([key, state]) => ({ key, state })),
      });
    },
    dispose: () => {
      for (const { log } of situation.logs) log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Fixtures of a test file: one at a time, gone after each test. */
export function fixtures(): (events: readonly FixtureEvent[], worker?: string) => Fixture {
  let current: Fixture | null = null;
  afterEach(() => {
    current?.dispose();
    current = null;
  });
  return (events, worker) => (current = fixture(events, worker));
}

function writeEvents(path: string, events: readonly FixtureEvent[]): void {
  const writer = createArchiveWriter(path, { source: 'fixture' });
  const next = new Map<number, number>();
  events.forEach(({ partition = 0, offset, time, value, id }, index) => {
    const at = offset ?? next.get(partition) ?? 0;
    next.set(partition, at + 1);
    writer.partition({ source: 'fixture', topic: 't', incarnation: '', partition }).append({
      offset: at,
      time: time ?? epoch + index * 1000,
      timeType: 'create',
      key: null,
      headers: id === undefined ? null : [[businessIdHeader, id]],
      value: typeof value === 'string' ? value : JSON.stringify(value),
    });
  });
  writer.commit();
  writer.close();
}

export function snapshotsOf({ folder }: Fixture) {
  return openNdjsonSnapshots(join(folder, 'snapshots'), { defaultSource: 'fixture' });
}

export interface Recovered {
  readonly report: RunReport;
  readonly states: Readonly<Record<string, unknown>>;
  readonly outputs: readonly (readonly [key: string, value: unknown])[];
}

/** Plans and recovers, and reads back what came of it. */
export async function recovered(situation: RecoveryInputs, options: ReplayPlanOptions = {}): Promise<Recovered> {
  const report = (await logReplay(situation).recover(await logReplay(situation).plan(options))).report;
  return readBack(situation, report);
}

export function readBack(situation: RecoveryInputs, report: RunReport): Recovered {
  const catalogue = openRunCatalogue(situation.store);
  return {
    report,
    states: Object.fromEntries([...catalogue.states(report.runId)].map(({ key, state }) => [key, state])),
    outputs: [...catalogue.outputs(report.runId)].map(({ key, value }) => [key, value] as const),
  };
}

/** The code of the error that some work ends with. */
export async function failure(work: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
  try {
    await work;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { code: code ?? 'no code', message };
  }
  return { code: 'no error', message: '' };
}
