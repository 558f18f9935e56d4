import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { RecoveryError, isRecoveryError } from '@eventmend/core';
import type { RunCatalogue } from '@eventmend/core/sqlite';
import type { Engine } from '../engine/engine.js';
import { incidentFilesIn, type Incident, readIncident } from '@eventmend/core/incident';

/** A run with the incident that it belongs to. */
export interface LocatedRun {
  readonly incident: Incident;
  readonly catalogue: RunCatalogue;
}

/**
 * Finds the incident file of a run: the named one, or among those of the folder the one of the same name whose store
 * has the run.
 * @throws RecoveryError `run-not-found` when no store that can be reached has the run.
 */
export async function locateRun(
  runId: string,
  named: string | undefined,
  cwd: string,
  engine: Engine,
): Promise<LocatedRun> {
  const files = named === undefined ? incidentFilesIn(cwd) : [resolve(cwd, named)];
  let broken: Error | null = null;
  for (const file of files) {
    let incident: Incident;
    try {
      incident = readIncident(file);
    } catch (error) {
      if (named !== undefined) throw error;
      broken ??= error instanceof Error ? error : null;
      continue;
    }
    if (!existsSync(incident.store)) continue;
    const catalogue = await engine.openCatalogue(incident.store);
    if (belongsTo(runId, incident, catalogue)) return { incident, catalogue };
  }
  if (broken !== null && files.length === 1) throw broken;
  throw new RecoveryError(
    'run-not-found',
    `there is no run ${runId} ${named === undefined ? 'of an incident in this folder' : `of ${named}`}`,
    {
      hint:
        named === undefined
          ? 'name its incident file with --incident, or list the runs with: eventmend runs'
          : 'eventmend runs lists them',
    },
  );
}

/** The incident file that a plan was made from: the named one, or one beside the plan or here that has its name. */
export function incidentOfPlan(name: string, named: string | undefined, planFile: string, cwd: string): Incident {
  if (named !== undefined) return readIncident(resolve(cwd, named));
  const folders = [...new Set([cwd, dirname(resolve(cwd, planFile))])];
  for (const file of folders.flatMap(incidentFilesIn)) {
    try {
      const incident = readIncident(file);
      if (incident.name === name) return incident;
    } catch (error) {
      if (!isRecoveryError(error)) throw error;
    }
  }
  throw new RecoveryError(
    'file-unavailable',
    `the incident file of this plan (incident "${name}") is not in this folder`,
    { hint: 'name it: eventmend recover INCIDENT --plan FILE' },
  );
}

function belongsTo(runId: string, incident: Incident, catalogue: RunCatalogue): boolean {
  try {
    return catalogue.plan(runId).incident.name === incident.name;
  } catch (error) {
    if (isRecoveryError(error) && error.code === 'run-not-found') return false;
    throw error;
  }
}
