import { relative, resolve } from 'node:path';
import { onlyIncidentIn, type Incident, readIncident } from '@eventmend/core/incident';

/** Reads the incident file that was named, or the only one of the folder. */
export function incidentFrom(named: string | undefined, cwd: string): Incident {
  return readIncident(named === undefined ? onlyIncidentIn(cwd) : resolve(cwd, named));
}

/** A path as the reader would type it here. */
export function pathHere(path: string, cwd: string): string {
  const here = relative(cwd, path);
  return here === '' ? '.' : here.startsWith('../../..') ? path : here;
}
