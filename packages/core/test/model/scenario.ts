import type { LogHole } from '../../src/model/log/event-log.js';
import type { Offset } from '../../src/model/event/offset.js';
import type { PartitionId } from '../../src/model/log/partition-id.js';
import type { PoisonPolicy } from '../../src/model/plan/plan.js';

/** One record of a scenario's log. */
export interface ScenarioEvent {
  readonly offset: Offset;
  /** NaN where it has none. */
  readonly time: number;
  readonly key: string | null;
  /** The bytes of the value as text, which need not be JSON; null for a tombstone. */
  readonly value: string | null;
}

/** A stretch of a partition, and whether anybody holds it. */
interface ScenarioRange {
  readonly from: Offset;
  readonly to: Offset;
  readonly held: boolean;
}

export interface ScenarioPartition {
  readonly id: PartitionId;
  readonly start: Offset;
  readonly end: Offset;
  /** Where the log ended at planning; `events` goes on behind it. */
  readonly logEnd: Offset;
  readonly watermark: number;
  readonly clock: number;
  readonly events: readonly ScenarioEvent[];
  readonly holes: readonly LogHole[];
  /** Covers `start` to `logEnd` and more, without gaps. */
  readonly ranges: readonly ScenarioRange[];
}

export type ScenarioOrder =
  | { readonly by: 'time'; readonly maxStepMs: number }
  | { readonly by: 'field'; readonly path: string }
  | { readonly by: 'recorded'; /** By `describeEventPlace`. */ readonly ranks: ReadonlyMap<string, number> };

/** Which features the worker of the scenario uses. */
export interface WorkerShape {
  readonly locality: 'partition' | 'global';
  readonly single: boolean;
  readonly async: 'never' | 'always' | 'sometimes';
  readonly initial: boolean;
  readonly codec: boolean;
  readonly upcaster: boolean;
  readonly deduplicationWindow: number | null;
  /** A second handler holds from this time on, and none holds for `gap` milliseconds before it; null for one handler. */
  readonly secondVersion: { readonly from: number; readonly gap: number } | null;
}

export interface Scenario {
  readonly partitions: readonly ScenarioPartition[];
  readonly order: ScenarioOrder;
  readonly poison: PoisonPolicy;
  /** Events that are parked without being invoked; never with the policy `stop`. */
  readonly forced: readonly { readonly id: PartitionId; readonly offset: Offset }[];
  readonly worker: WorkerShape;
  /** Keys that the replay is limited to; all where absent. */
  readonly scope?: readonly string[];
  readonly initialStates: readonly { readonly key: string; readonly state: unknown }[];
}

/** Names an event of a scenario in maps. */
export function locationKey(id: PartitionId, offset: Offset): string {
  return [id.topic, id.partition, id.source, id.incarnation, offset].join('|');
}
