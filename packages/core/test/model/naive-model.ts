import { type ErrorCode, errorCatalogue } from '../../src/model/errors/error-catalogue.js';
import type { PartitionAccount, SkipReason } from '../../src/model/accounts/accounts.js';
import type { PartitionId } from '../../src/model/log/partition-id.js';
import { keysOrNone } from './close-naively.js';
import { digestNaiveOutputs, digestNaiveStates, type GoldenOutput } from './naive-digests.js';
import { decodeNaively, Failure, idParts, invokeNaively, keysNaively } from './naive-handler.js';
import { orderNaively, presentEvents, sortPartitions, type NaiveOrder } from './naive-order.js';
import { locationKey, type Scenario, type ScenarioPartition } from './scenario.js';
import { idOfScenarioEvent } from './scenario-worker.js';

export interface ReplayResult {
  readonly kind: 'finished';
  readonly states: ReadonlyMap<string, unknown>;
  /** One list a lane, lanes in the order of their partitions. */
  readonly outputs: readonly (readonly GoldenOutput[])[];
  readonly stateDigest: string;
  readonly outputsDigest: string;
  readonly accounts: readonly PartitionAccount[];
  /** In the order of the path, lane by lane. `blocked` for an event that names a key of a failed one. */
  readonly quarantined: readonly (PartitionId & { readonly offset: number; readonly code: string })[];
  readonly order: NaiveOrder['counts'];
}

/** The policy `stop` met an event that failed, or a key stood in two partitions. */
export interface StoppedReplay {
  readonly kind: 'stopped';
  readonly code: ErrorCode;
}

export const forcedCode = 'EM3003';

type Fate = 'applied' | 'duplicate' | 'outside' | 'quarantined';

/** What a replay must give: everything in memory, everything sorted and searched, nothing clever. */
export function replayNaively(scenario: Scenario): ReplayResult | StoppedReplay {
  const { worker, poison } = scenario;
  const isOutside = (key: string): boolean => scenario.scope !== undefined && !scenario.scope.includes(key);
  const { lanes, counts } = orderNaively(scenario);
  const states = new Map(
    scenario.initialStates.filter(({ key }) => !isOutside(key)).map(({ key, state }) => [key, state]),
  );
  const fates = new Map<string, Fate>();
  const quarantined: (PartitionId & { offset: number; code: string })[] = [];
  const ownerOf = new Map<string, PartitionId>();
  const outputs: GoldenOutput[][] = [];
  const claim = (keys: readonly string[], id: PartitionId): boolean => {
    if (worker.locality === 'global') return true;
    for (const key of keys) if (!ownerOf.has(key)) ownerOf.set(key, id);
    return keys.every((key) => ownerOf.get(key) === id);
  };

  for (const lane of lanes) {
    const golden: GoldenOutput[] = [];
    const entered: (string | null)[] = [];
    const badKeys: string[] = [];
    for (const ordered of lane) {
      const { partition, event, now } = ordered;
      const place = locationKey(partition.id, event.offset);
      const quarantine = (code: string, keys: readonly string[]): void => {
        fates.set(place, 'quarantined');
        quarantined.push({ ...idParts(partition.id), offset: event.offset, code });
        if (poison === 'quarantine-key') badKeys.push(...keys);
      };
      if (scenario.forced.some((forced) => locationKey(forced.id, forced.offset) === place)) {
        const named = keysOrNone(ordered, scenario).filter((key) => !isOutside(key));
        if (!claim(named, partition.id)) return { kind: 'stopped', code: 'key-in-several-partitions' };
        quarantine(forcedCode, named);
        continue;
      }
      let keys: readonly string[] = [];
      try {
        const parts = decodeNaively(ordered, worker);
        const window = worker.deduplicationWindow ?? 0;
        const id = worker.deduplicationWindow === null ? null : idOfScenarioEvent(parts);
        if (id !== null && entered.slice(Math.max(0, entered.length - window)).includes(id)) {
          fates.set(place, 'duplicate');
          continue;
        }
        keys = keysNaively(parts, worker);
        if (keys.some(isOutside)) {
          if (!keys.every(isOutside)) return { kind: 'stopped', code: 'event-crosses-scope' };
          fates.set(place, 'outside');
          entered.push(id);
          continue;
        }
        if (!claim(keys, partition.id)) return { kind: 'stopped', code: 'key-in-several-partitions' };
        if (keys.some((key) => badKeys.includes(key))) {
          quarantine('blocked', []);
          continue;
        }
        const effects = invokeNaively(scenario, ordered, parts, keys, states);
        for (const [key, state] of effects.writes) {
          states.delete(key);
          if (state !== undefined) states.set(key, state);
        }
        effects.outputs.forEach(({ output, key, businessId, value }, index) => {
          const before = effects.outputs.slice(0, index);
          const ordinal = before.filter((other) => other.output === output && other.key === key).length;
          const time = Number.isFinite(now) ? now : null;
          const { topic, partition: number } = partition.id;
          golden.push([topic, number, event.offset, time, output, key, ordinal, businessId, value]);
        });
        entered.push(id);
        fates.set(place, 'applied');
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (poison === 'stop') return { kind: 'stopped', code: error.code };
        quarantine(errorCatalogue[error.code].number, keys);
      }
    }
    outputs.push(golden);
  }
  return {
    kind: 'finished',
    states,
    outputs,
    stateDigest: digestNaiveStates(states),
    outputsDigest: digestNaiveOutputs(outputs),
    accounts: sortPartitions(scenario).map((partition) => accountNaively(partition, fates)),
    quarantined,
    order: counts,
  };
}

/** Asks every single offset what became of it. */
function accountNaively(partition: ScenarioPartition, fates: ReadonlyMap<string, Fate>): PartitionAccount {
  const present = new Set(presentEvents(partition).map(({ offset }) => offset));
  const skipped: Partial<Record<SkipReason, number>> = {};
  const skip = (reason: SkipReason): void => void (skipped[reason] = (skipped[reason] ?? 0) + 1);
  let applied = 0;
  let quarantined = 0;
  let unavailable = 0;
  for (let offset = partition.start; offset < partition.end; offset++) {
    if (present.has(offset)) {
      const fate = fates.get(locationKey(partition.id, offset));
      if (fate === 'applied') applied++;
      else if (fate === 'duplicate') skip('duplicate-id');
      else if (fate === 'outside') skip('out-of-scope');
      else quarantined++;
    } else {
      const hole = partition.holes.find(({ from, to }) => from <= offset && offset < to);
      if (hole?.reason === 'control' || hole?.reason === 'filtered') skip(hole.reason);
      else unavailable++;
    }
  }
  const range = { from: partition.start, to: partition.end };
  return { ...idParts(partition.id), range, applied, skipped, quarantined, unavailable, repeated: 0 };
}
