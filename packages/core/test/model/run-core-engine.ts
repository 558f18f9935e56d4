import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { adoptReplayInputs } from '../../src/engine/replay/replay-inputs.js';
import { baselineRows } from '../../src/engine/replay/baseline-rows.js';
import { createMemoryRunStore } from '../../src/engine/store/memory-run-store.js';
import { defaultTuning, lanesOf, type ReplaySpec } from '../../src/engine/spec/replay-spec.js';
import { isRecoveryError } from '../../src/model/errors/recovery-error.js';
import { parseOutputChunk } from '../../src/engine/outputs/output-columns.js';
import { replayHere } from '../../src/engine/replay/execute-replay.js';
import { summariseRun } from '../../src/runs/report/summarise-run.js';
import type { EventLog, PageReader } from '../../src/model/log/event-log.js';
import type { LaneNumber, RunStore } from '../../src/engine/store/run-store.js';
import type { OrderSpec } from '../../src/model/order/order-spec.js';
import type { RecordedRanks } from '../../src/model/order/recorded-ranks.js';
import type { SnapshotRow } from '../../src/model/snapshots/snapshot-source.js';
import type { WorkerSource } from '../../src/worker/worker-source.js';
import { openSqliteRunStore } from '../../src/runs/sqlite/sqlite-run-store.js';
import type { EngineResult, RunEngine } from './engine-under-test.js';
import type { GoldenOutput } from './naive-digests.js';
import { sortPartitions } from './naive-order.js';
import { scenarioLog, type PageShape } from './scenario-log.js';
import { locationKey, type Scenario } from './scenario.js';
import { scenarioDefinition, scenarioWorker } from './scenario-worker.js';

/** How a run of the engine is cut up; nothing of it may change the result. */
export interface EngineTuning extends PageShape {
  readonly batchEvents: number;
  readonly cachedStates: number;
  readonly determinismSample: number;
  readonly alwaysFreeze: boolean;
  readonly store: 'memory' | 'sqlite';
  /** For a worker process: the time limit of an event. */
  readonly eventTimeoutMs?: number;
  /** After so many pages each the run is asked to stop, or its log breaks off; then it is resumed. */
  readonly interruptions: readonly { readonly pages: number; readonly how: 'stop' | 'crash' }[];
}

class BrokenLog extends Error {}

/** The engine of core as an engine of the harness; SQLite stores lie in `folder`. */
export function runCoreEngine(folder: string, sourceOf = scenarioDefinition): RunEngine<EngineTuning> {
  let runs = 0;
  return async (scenario, tuning) => {
    const file = join(folder, `run-${runs++}.db`);
    const open = (create: boolean): RunStore => openSqliteRunStore(file, { create });
    let store: RunStore = tuning.store === 'memory' ? createMemoryRunStore() : open(true);
    const spec = specOfScenario(scenario);
    const worker = scenarioWorker(scenario.worker);
    try {
      await store.writeBaseline(baselineRows(rowsOf(scenario), worker, 1, 0));
      for (const { id, offset } of scenario.forced) store.forceQuarantine({ partition: id, offset, reason: 'forced' });
      for (const interruption of [...tuning.interruptions, null]) {
        const outcome = await attempt(scenario, spec, sourceOf(scenario), store, tuning, interruption);
        if (outcome === 'reached') break;
        if (tuning.store === 'memory') continue;
        store.close();
        store = open(false);
      }
      return resultOf(spec, store);
    } catch (error) {
      if (isRecoveryError(error)) return { kind: 'stopped', code: error.code };
      throw error;
    } finally {
      store.close();
      for (const suffix of ['', '-wal', '-shm', '.head', '-head']) rmSync(file + suffix, { force: true });
    }
  };
}

async function attempt(
  scenario: Scenario,
  spec: ReplaySpec,
  source: WorkerSource,
  store: RunStore,
  tuning: EngineTuning,
  interruption: EngineTuning['interruptions'][number] | null,
): Promise<'reached' | 'interrupted'> {
  const abort = new AbortController();
  const log = scenarioLog(scenario, tuning);
  const watched =
    interruption === null
      ? log
      : afterPages(log, interruption.pages, () => {
          if (interruption.how === 'crash') throw new BrokenLog('the log broke off');
          abort.abort();
        });
  const inputs = await adoptReplayInputs([watched], source, {}, ranksOf(scenario), tuning.eventTimeoutMs);
  const { batchEvents, cachedStates, determinismSample, alwaysFreeze } = tuning;
  try {
    return await replayHere(
      { spec, inputs, store, tuning: { ...defaultTuning, batchEvents, cachedStates, determinismSample, alwaysFreeze } },
      { signal: abort.signal },
    );
  } catch (error) {
    if (error instanceof BrokenLog) return 'interrupted';
    throw error;
  } finally {
    await inputs.close();
  }
}

/** Calls `happen` when the log is asked for one more page. */
function afterPages(log: EventLog, pages: number, happen: () => void): EventLog {
  let left = pages;
  return {
    ...log,
    read(request) {
      const reader = log.read(request);
      const counted: PageReader = {
        next() {
          if (left-- === 0) happen();
          return reader.next();
        },
        close: () => reader.close(),
      };
      return counted;
    },
  };
}

function specOfScenario(scenario: Scenario): ReplaySpec {
  const partitions = sortPartitions(scenario);
  return {
    partitions: partitions.map(({ id, start, end, logEnd, watermark, clock, holes, ranges }) => ({
      id,
      next: start,
      order: { watermark, clock },
      target: end,
      ranges: ranges
        .map(({ from, to, held }) => ({
          from: Math.max(from, start),
          to: Math.min(to, logEnd),
          log: held ? 0 : null,
          segment: 0,
        }))
        .filter(({ from, to }) => from < to),
      holes,
    })),
    order: orderOf(scenario),
    locality: scenario.worker.locality,
    poison: scenario.poison,
    acceptGaps: true,
    scope: scenario.scope === undefined ? { kind: 'all' } : { kind: 'keys', keys: scenario.scope },
    parts: [
      {
        scope: { kind: 'all' },
        cause: { kind: 'baseline', part: 0, basis: 'proven' },
        starts: partitions.map(({ start }) => start),
      },
    ],
    segmentOrigins: [{ log: 0, source: 'log' }],
  };
}

function orderOf({ order }: Scenario): OrderSpec {
  return order.by === 'recorded' ? { by: 'recorded', file: 'ranks' } : order;
}

function ranksOf({ order }: Scenario): RecordedRanks | null {
  if (order.by !== 'recorded') return null;
  return { ranks: (id, offsets) => Array.from(offsets, (offset) => order.ranks.get(locationKey(id, offset)) ?? NaN) };
}

async function* rowsOf(scenario: Scenario): AsyncIterable<SnapshotRow> {
  for (const { key, state } of scenario.initialStates) {
    if (scenario.scope === undefined || scenario.scope.includes(key)) yield { key, state };
  }
}

function resultOf(spec: ReplaySpec, store: RunStore): EngineResult {
  const { accounts, order, stateDigest, outputsDigest, outputs } = summariseRun(spec, store);
  const states = [...store.states()].flatMap(({ key, text }) =>
    text === null ? [] : [[key, JSON.parse(text) as unknown] as const],
  );
  const goldenOf = (lane: LaneNumber): readonly GoldenOutput[] =>
    [...store.chunks(lane)]
      .flatMap(({ text }) => parseOutputChunk(text))
      .map(({ topic, partition, offset, time, output, key, ordinal, businessId, value }) => {
        return [topic, partition, offset, time, output, key, ordinal, businessId, value];
      });
  return {
    kind: 'finished',
    states: new Map(states),
    accounts,
    outputs: lanesOf(spec).map(({ lane }) => goldenOf(lane)),
    outputCount: outputs,
    stateDigest,
    outputsDigest,
    quarantined: [...store.quarantined()].map(({ partition, offset, code }) => ({ ...partition, offset, code })),
    order,
    causes: causesOf(spec, store),
  };
}

/** What each key's value rests on, as text: sets of causes have no order, and their numbers no meaning. */
function causesOf(spec: ReplaySpec, store: RunStore): ReadonlyMap<string, string> {
  const sets = new Map(lanesOf(spec).map(({ lane }) => [lane, store.lane(lane).provenance()]));
  return new Map(
    [...store.states()].map(({ key, lane, provenance }) => {
      const causes = sets.get(lane)?.[provenance];
      return [
        key,
        causes === undefined
          ? `baseline ${provenance}`
          : causes
              .map((cause) => JSON.stringify(cause))
              .sort()
              .join(),
      ];
    }),
  );
}
