import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isRecoveryError, type OrderSpec, type Plan, type RunReport, type Verification } from '@eventmend/core';
import { positionFromJson, type RecoveryInputs, type TargetRequest } from '@eventmend/core/engine';
import { openRunCatalogue } from '@eventmend/core/sqlite';
import { logReplay } from '@eventmend/log-replay';
import { createArchiveWriter, openArchive } from '@eventmend/core/archive';
import { expect } from 'vitest';
import { closeNaively, knownKeys } from '../../../core/test/model/close-naively.js';
import type { EngineResult } from '../../../core/test/model/engine-under-test.js';
import type { StoppedReplay } from '../../../core/test/model/naive-model.js';
import { locationKey, type Scenario, type ScenarioPartition } from '../../../core/test/model/scenario.js';
import { snapshotOfScenario, startsAtSnapshot } from '../../../core/test/model/snapshot-of-scenario.js';

export interface WholeTuning {
  readonly threads: number;
  readonly batchEvents: number;
  readonly cachedStates: number;
  /** How often the run is asked to stop at once before it may go through. */
  readonly stops: number;
  readonly target: TargetRequest;
  /** Where on its way the service saved a snapshot; null for none. */
  readonly snapshotAt: number | null;
  /** Keys that the recovery is limited to, with all that events connect; null for all. */
  readonly seeds: readonly string[] | null;
}

export interface WholeResult {
  readonly result: EngineResult | StoppedReplay;
  /** The scenario with the ends that planning resolved the target to. */
  readonly scenario: Scenario;
  /** Null where the run stopped at an event. */
  readonly verification: Verification | null;
  readonly fromSnapshot: boolean;
}

/** Archive, plan, run in threads and verification, as a user would have it; everything lies in `folder`. */
export async function runLogReplay(scenario: Scenario, tuning: WholeTuning, folder: string): Promise<WholeResult> {
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, 'log.archive');
  writeArchive(scenario, archive);
  const log = openArchive(archive);
  const { threads, batchEvents, cachedStates, target, snapshotAt } = tuning;
  const snapshot = snapshotAt === null ? null : snapshotOfScenario(scenario, snapshotAt);
  const situation: RecoveryInputs = {
    incident: { name: 'scenario', digest: 'scenario', onset: null, end: null },
    worker: { kind: 'module', url: pathToFileURL(writeWorker(scenario, folder)).href },
    logs: [{ log, as: 'archive' }],
    snapshots: snapshot?.source ?? null,
    trusted: [],
    live: null,
    order: writeOrder(scenario, folder),
    poison: scenario.poison,
    references: {},
    store: join(folder, 'store'),
    tuning: { threads, batchEvents, cachedStates },
  };
  try {
    const whole = await logReplay(situation).plan({ target, acceptGaps: true });
    const fromSnapshot = startsAtSnapshot(whole);
    const ends = withEnds(scenario, whole);
    const unlimited = fromSnapshot && snapshot !== null ? snapshot.goOn(ends) : ends;
    const seeds = (tuning.seeds ?? []).filter((key) => knownKeys(unlimited).includes(key));
    const limits = seeds.length === 0 ? {} : { scope: { keys: seeds }, acceptClosure: true };
    const plan = seeds.length === 0 ? whole : await logReplay(situation).plan({ target, acceptGaps: true, ...limits });
    const resolved = plan.scope === undefined ? unlimited : { ...unlimited, scope: plan.scope.keys };
    expect(plan.scope?.keys).toEqual(seeds.length === 0 ? undefined : closeNaively(unlimited, seeds));
    try {
      const report = await recover(situation, plan, tuning.stops);
      const result = resultOf(situation.store, report);
      const verification = await logReplay(situation).verify({ runId: report.runId });
      return { result, scenario: resolved, verification, fromSnapshot };
    } catch (error) {
      if (!isRecoveryError(error)) throw error;
      return { result: { kind: 'stopped', code: error.code }, scenario: resolved, verification: null, fromSnapshot };
    }
  } finally {
    log.close();
  }
}

async function recover(situation: RecoveryInputs, plan: Plan, stops: number): Promise<RunReport> {
  for (let stop = 0; stop < stops; stop++) {
    try {
      return (await logReplay(situation).recover(plan, { signal: AbortSignal.abort() })).report;
    } catch (error) {
      if (!isRecoveryError(error) || error.code !== 'interrupted') throw error;
    }
  }
  return (await logReplay(situation).recover(plan)).report;
}

function writeArchive(scenario: Scenario, path: string): void {
  const writer = createArchiveWriter(path, {});
  for (const { id, events, holes } of scenario.partitions) {
    const partition = writer.partition(id);
    const waiting = [...holes];
    for (const { offset, time, key, value } of events) {
      for (let hole = waiting[0]; hole !== undefined && hole.to <= offset; hole = waiting[0]) {
        partition.addHole(hole);
        waiting.shift();
      }
      partition.append({ offset, time, timeType: 'create', key, headers: null, value });
    }
  }
  writer.commit();
  writer.close();
}

/** A worker module with the features of the scenario; threads import it on their own. */
function writeWorker(scenario: Scenario, folder: string): string {
  const source = fileURLToPath(new URL('../../../core/test/model/scenario-worker.ts', import.meta.url));
  const file = join(folder, 'worker.ts');
  writeFileSync(
    file,
    `import { scenarioWorker } from ${JSON.stringify(source)};\n` +
      `export default scenarioWorker(${JSON.stringify(scenario.worker)});\n`,
  );
  return file;
}

function writeOrder(scenario: Scenario, folder: string): OrderSpec {
  const { order } = scenario;
  if (order.by !== 'recorded') return order;
  const ids = new Map(
    scenario.partitions.flatMap(({ id, events }) =>
      events.map(({ offset }) => [locationKey(id, offset), { id, offset }] as const),
    ),
  );
  const listed = [...order.ranks].sort(([, a], [, b]) => a - b);
  const lines = listed.flatMap(([place]) => {
    const event = ids.get(place);
    if (event === undefined) return [];
    return [JSON.stringify({ topic: event.id.topic, partition: event.id.partition, offset: String(event.offset) })];
  });
  const file = join(folder, 'order.ndjson');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return { by: 'recorded', file };
}

function withEnds(scenario: Scenario, plan: Plan): Scenario {
  const ends = new Map(positionFromJson(plan.target.position).map((part) => [locationKey(part, 0), part.next]));
  const endOf = ({ id, end }: ScenarioPartition): number => ends.get(locationKey(id, 0)) ?? end;
  return { ...scenario, partitions: scenario.partitions.map((partition) => ({ ...partition, end: endOf(partition) })) };
}

function resultOf(store: string, report: RunReport): EngineResult {
  const catalogue = openRunCatalogue(store);
  const { accounts, order, stateDigest, outputsDigest, outputs } = report;
  return {
    kind: 'finished',
    states: new Map([...catalogue.states(report.runId)].map(({ key, state }) => [key, state])),
    accounts,
    order,
    stateDigest,
    outputsDigest,
    outputCount: outputs,
    outputs: [
      [...catalogue.outputs(report.runId)].map((o) => {
        return [o.topic, o.partition, o.offset, o.time, o.output, o.key, o.ordinal, o.businessId, o.value] as const;
      }),
    ],
    quarantined: [...catalogue.quarantined(report.runId)].map(({ partition, offset, code }) => ({
      ...partition,
      offset,
      code,
    })),
  };
}
