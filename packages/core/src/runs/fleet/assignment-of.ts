import { KeyAssignment } from './assign-keys.js';
import { readGroups, type FleetFiles } from './fleet-folder.js';
import type { FleetPlan } from './fleet-plan.js';

/** Which task of a fleet has which keys. */
export function assignmentOf(files: FleetFiles, fleet: FleetPlan): KeyAssignment {
  return new KeyAssignment(fleet.tasks.length, readGroups(files, fleet));
}
