import { isRecoveryError } from '../../src/model/errors/recovery-error.js';
import { openWorker } from '../../src/sources/reference-tables/open-worker.js';
import type { OrderSpec } from '../../src/model/order/order-spec.js';
import type { WorkerSource } from '../../src/worker/worker-source.js';
import { plainReplay } from '../../src/evidence/reference-replay/plain-replay.js';
import type { EngineResult, RunEngine } from './engine-under-test.js';
import { forcedCode, type StoppedReplay } from './naive-model.js';
import { scenarioLog, type PageShape } from './scenario-log.js';
import { locationKey, type Scenario } from './scenario.js';
import { scenarioDefinition } from './scenario-worker.js';

export interface PlainTuning extends PageShape {
  readonly requestOffsets: number;
  readonly freeze: boolean;
}

/** The plain replay as an engine of the harness. */
export const runPlainReplay: RunEngine<PlainTuning> = (scenario, tuning) =>
  replayPlainly(scenario, tuning, scenarioDefinition(scenario));

export async function replayPlainly(
  scenario: Scenario,
  tuning: PlainTuning,
  source: WorkerSource,
): Promise<EngineResult | StoppedReplay> {
  const instance = await openWorker(source, {});
  if (instance.mode === 'events') instance.freezeInputs(tuning.freeze);
  const log = scenarioLog(scenario, tuning);
  const { order } = scenario;
  try {
    const outcome = await plainReplay({
      partitions: scenario.partitions.map(({ ranges, ...partition }) => ({
        ...partition,
        ranges: ranges.map(({ from, to, held }) => ({ from, to, log: held ? log : null })),
      })),
      instance,
      order: orderSpec(scenario),
      ...(order.by === 'recorded' ? { recordedRanks: (id, offset) => order.ranks.get(locationKey(id, offset)) } : {}),
      poison: scenario.poison,
      forced: scenario.forced.map(({ id, offset }) => ({ ...id, offset, code: forcedCode })),
      ...(scenario.scope === undefined ? {} : { scope: new Set(scenario.scope) }),
      initialStates: scenario.initialStates.filter(({ key }) => scenario.scope?.includes(key) !== false),
      requestOffsets: tuning.requestOffsets,
    });
    const { outputs, ...rest } = outcome;
    return { kind: 'finished', ...rest, outputCount: outputs };
  } catch (error) {
    if (isRecoveryError(error)) return { kind: 'stopped', code: error.code };
    throw error;
  } finally {
    await instance.close();
  }
}

function orderSpec({ order }: Scenario): OrderSpec {
  return order.by === 'recorded' ? { by: 'recorded', file: 'ranks' } : order;
}
