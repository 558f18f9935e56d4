import type { OpenWorker } from '../../worker/describe-worker.js';
import type { Incident } from '../file/incident.js';
import { findUnhashedCode } from '../../worker/find-unhashed-code.js';
import { finding, findingOrError, type Remark, type ResourceFinding } from './finding.js';

export interface ExaminedWorker {
  readonly findings: readonly ResourceFinding[];
  /** Null where it cannot be loaded. */
  readonly worker: OpenWorker | null;
}

/** Loads the worker with its reference data. */
export async function examineWorker(incident: Incident): Promise<ExaminedWorker> {
  let worker: OpenWorker | null = null;
  const result = await findingOrError('worker', async () => {
    const { openWorker } = await import('../../sources/reference-tables/open-worker.js');
    worker = await openWorker(incident.worker, incident.references);
    const { name, version } = worker.worker;
    const unhashed = incident.worker.kind === 'module' ? findUnhashedCode(incident.worker.url) : [];
    const remarks = unhashed.map((code): Remark => ({ severity: 'doubt', key: 'worker', kind: 'unhashed-code', code }));
    return finding('worker', { kind: 'worker', name, version }, remarks);
  });
  const tables = Object.keys(incident.references).length;
  if (tables === 0) return { findings: [result], worker };
  const resource = 'references';
  if (result.remarks.some((remark) => remark.kind === 'error' && remark.error.code === 'invalid-reference-data')) {
    const remarks = result.remarks.map((remark) => ({ ...remark, key: resource }));
    return { findings: [{ ...result, resource, remarks }], worker };
  }
  return { findings: [result, finding(resource, { kind: 'reference-tables', tables })], worker };
}
