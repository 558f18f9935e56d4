import { hash as hashOnce } from 'node:crypto';
import type { LaneNumber } from '../../engine/store/run-store.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { canonicalJson } from '../../model/json/canonical-json.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { Spread } from './spread.js';

/** One task of a fleet: what it does, and what that is expected to need. */
export interface FleetTask {
  /** From 0, as an index of a job counts. */
  readonly number: number;
  /** Lanes of the plan that it carries out; null for a task of keys. */
  readonly lanes: readonly LaneNumber[] | null;
  /** Ranges of the log that it reads; empty for a task of keys, which is given its events. */
  readonly ranges: readonly (PartitionId & { readonly from: string; readonly to: string })[];
  /** At most, for a task of partitions; on the average, for one of keys. */
  readonly events: number;
  /** By the last runs of this worker on the machine that planned; null where none was measured. Not part of the id. */
  readonly expectedMs: number | null;
  readonly expectedMemoryBytes: number | null;
}

/** One reader of a fleet that is spread by keys: it reads partitions whole and gives each event to the task of its keys. */
interface FleetReader {
  readonly number: number;
  /** Places of its partitions among those of the plan. */
  readonly places: readonly number[];
  readonly events: number;
}

/** A plan cut into tasks. */
export interface FleetPlan {
  readonly format_version: 1;
  /** SHA-256 of everything but itself and what was measured. */
  readonly id: string;
  /** Id of the plan that is carried out. */
  readonly plan: string;
  /** A task refuses to run another worker than this. */
  readonly worker: { readonly name: string; readonly hash: string };
  readonly spread: Exclude<Spread, { readonly kind: 'refused' }>;
  readonly tasks: readonly FleetTask[];
  /** None where each task reads its own partitions. */
  readonly readers: readonly FleetReader[];
  /** SHA-256 of the file that lists the groups of several keys; null where each task has partitions. */
  readonly groupsFile: string | null;
}

export type UnnamedFleet = Omit<FleetPlan, 'id'>;

export function nameFleet(fleet: UnnamedFleet): FleetPlan {
  return { ...fleet, id: fleetId(fleet) };
}

function fleetId({ format_version, plan, worker, spread, tasks, readers, groupsFile }: UnnamedFleet): string {
  const lasting = tasks.map(({ number, lanes, ranges, events }) => ({ number, lanes, ranges, events }));
  return hashOnce(
    'sha256',
    canonicalJson({ format_version, plan, worker, spread, tasks: lasting, readers, groupsFile }),
  );
}

/** @throws RecoveryError `invalid-plan` where the text is no fleet plan, or was changed after it was made */
export function parseFleet(text: string, where: string): FleetPlan {
  const hint = 'make one with: eventmend fleet plan';
  let fleet: Partial<FleetPlan> | null;
  try {
    fleet = JSON.parse(text) as Partial<FleetPlan> | null;
  } catch (cause) {
    throw new RecoveryError('invalid-plan', `${where} is not JSON`, { hint, cause });
  }
  if (typeof fleet !== 'object' || fleet === null || !Array.isArray(fleet.tasks) || fleet.format_version !== 1) {
    throw new RecoveryError('invalid-plan', `${where} is no plan of a fleet that this version reads`, { hint });
  }
  if (fleetId(fleet as FleetPlan) !== fleet.id) {
    throw new RecoveryError(
      'invalid-plan',
      `${where} was changed after it was made: its content does not give its id`,
      {
        hint,
      },
    );
  }
  return fleet as FleetPlan;
}
